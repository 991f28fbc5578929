package io.llmgateway.imports;

import io.llmgateway.settings.ProviderType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What LiteLLM's name of a provider means here. Immutable, thread-safe.
 *
 * @param type which protocol it speaks
 * @param baseUrl where it is; empty when only the configuration can say
 * @param variable where LiteLLM finds its key when the configuration names none; empty for none
 */
record LiteLlmProvider(ProviderType type, String baseUrl, String variable) {
    private static final Map<String, LiteLlmProvider> KNOWN = Map.ofEntries(
            Map.entry("openai", openAi("https://api.openai.com/v1", "OPENAI_API_KEY")),
            Map.entry(
                    "anthropic",
                    new LiteLlmProvider(ProviderType.ANTHROPIC, "https://api.anthropic.com", "ANTHROPIC_API_KEY")),
            Map.entry(
                    "gemini",
                    new LiteLlmProvider(
                            ProviderType.GEMINI, "https://generativelanguage.googleapis.com", "GEMINI_API_KEY")),
            Map.entry("groq", openAi("https://api.groq.com/openai/v1", "GROQ_API_KEY")),
            Map.entry("mistral", openAi("https://api.mistral.ai/v1", "MISTRAL_API_KEY")),
            Map.entry("deepseek", openAi("https://api.deepseek.com/v1", "DEEPSEEK_API_KEY")),
            Map.entry("xai", openAi("https://api.x.ai/v1", "XAI_API_KEY")),
            Map.entry("openrouter", openAi("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY")),
            Map.entry("together_ai", openAi("https://api.together.xyz/v1", "TOGETHERAI_API_KEY")),
            Map.entry("fireworks_ai", openAi("https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY")),
            Map.entry("perplexity", openAi("https://api.perplexity.ai", "PERPLEXITYAI_API_KEY")),
            Map.entry("deepinfra", openAi("https://api.deepinfra.com/v1/openai", "DEEPINFRA_API_KEY")),
            Map.entry("nvidia_nim", openAi("https://integrate.api.nvidia.com/v1", "NVIDIA_NIM_API_KEY")),
            Map.entry("cerebras", openAi("https://api.cerebras.ai/v1", "CEREBRAS_API_KEY")),
            Map.entry("ollama", openAi("http://127.0.0.1:11434/v1", "")),
            Map.entry("ollama_chat", openAi("http://127.0.0.1:11434/v1", "")),
            Map.entry("hosted_vllm", openAi("", "")),
            Map.entry("vllm", openAi("", "")),
            Map.entry("lm_studio", openAi("", "")),
            Map.entry("openai_like", openAi("", "")),
            Map.entry("custom_openai", openAi("", "")),
            Map.entry("litellm_proxy", openAi("", "LITELLM_PROXY_API_KEY")));

    private static LiteLlmProvider openAi(String baseUrl, String variable) {
        return new LiteLlmProvider(ProviderType.OPENAI, baseUrl, variable);
    }

    /**
     * A model as LiteLLM names it.
     *
     * @param provider the name in front of the slash, or the one that the model's name means
     * @param model as the provider calls it
     */
    record Named(String provider, String model) {}

    /** Takes LiteLLM's name apart. */
    static Named named(String text, Optional<String> ownProvider) {
        int slash = text.indexOf('/');
        String first = slash < 0 ? "" : text.substring(0, slash);
        if (ownProvider.isPresent()) {
            boolean doubled = first.equals(ownProvider.get());
            return new Named(ownProvider.get(), doubled ? text.substring(slash + 1) : text);
        }
        if (slash > 0) {
            return new Named(first, text.substring(slash + 1));
        }
        if (text.startsWith("claude")) {
            return new Named("anthropic", text);
        }
        boolean openAi = List.of("gpt-", "o1", "o3", "o4", "chatgpt-").stream().anyMatch(text::startsWith);
        return new Named(openAi ? "openai" : "", text);
    }

    /** What is known of a provider; empty when we cannot speak to it. */
    static Optional<LiteLlmProvider> of(String name) {
        return Optional.ofNullable(KNOWN.get(name));
    }

    /** Where LiteLLM looks for an address that its configuration does not give, the first that is set. */
    static List<String> baseVariables(String name) {
        return switch (name) {
            case "openai" -> List.of("OPENAI_BASE_URL", "OPENAI_API_BASE");
            case "anthropic" -> List.of("ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL");
            case "ollama", "ollama_chat" -> List.of("OLLAMA_API_BASE");
            default -> List.of(name.toUpperCase(Locale.ROOT) + "_API_BASE");
        };
    }

    /** The base URL in our form: without what the gateway adds itself. */
    String baseUrl(String name, String apiBase) {
        if (apiBase.isEmpty()) {
            return baseUrl;
        }
        String base = apiBase;
        while (base.endsWith("/")) {
            base = base.substring(0, base.length() - 1);
        }
        return switch (type) {
            case OPENAI -> name.startsWith("ollama") && !base.endsWith("/v1") ? base + "/v1" : base;
            case ANTHROPIC -> without(without(base, "/messages"), "/v1");
            case GEMINI -> without(without(base, "/v1beta"), "/v1");
        };
    }

    private static String without(String text, String end) {
        return text.endsWith(end) ? text.substring(0, text.length() - end.length()) : text;
    }
}
