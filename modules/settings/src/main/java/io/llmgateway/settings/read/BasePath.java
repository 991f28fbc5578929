package io.llmgateway.settings.read;

import io.llmgateway.settings.BaseUrl;
import io.llmgateway.settings.ProviderType;
import java.util.List;
import java.util.Map;

/**
 * What is meant by the path of a provider's base URL, however it was copied: with or without the version of the
 * protocol, with the whole endpoint behind it. What a provider type writes into every path itself is taken off; what
 * it does not write is added where it is known. A URL of type {@code openai} that ends with its endpoint is taken by
 * its word: nothing is added to it.
 *
 * @param url to call, with what the type adds itself left out
 * @param version of Gemini's protocol, as the URL names it; empty when it names none
 */
record BasePath(BaseUrl url, String version) {
    private static final List<String> OPENAI_ENDPOINTS =
            List.of("/chat/completions", "/completions", "/responses", "/embeddings", "/messages", "/models");
    /** Ollama's own endpoints; what speaks OpenAI's protocol stands beside them. */
    private static final List<String> OLLAMA_PATHS = List.of("/api/chat", "/api/generate", "/api/tags", "/api");

    private static final List<String> ANTHROPIC_ENDPOINTS =
            List.of("/messages/count_tokens", "/messages/batches", "/messages", "/models");
    private static final List<String> GEMINI_VERSIONS = List.of("v1beta", "v1", "v1alpha");
    private static final List<String> GEMINI_COLLECTIONS = List.of("models", "tunedModels", "openai");
    /** What servers that speak OpenAI's protocol have in front of its paths, when nothing else is known. */
    private static final String OPENAI_VERSION = "/v1";
    /** Where it is something else. From the providers' own documentation, as of 2026-11-27. */
    private static final Map<String, String> OPENAI_PATHS = Map.ofEntries(
            Map.entry("api.perplexity.ai", ""),
            Map.entry("api.groq.com", "/openai/v1"),
            Map.entry("openrouter.ai", "/api/v1"),
            Map.entry("api.fireworks.ai", "/inference/v1"),
            Map.entry("api.deepinfra.com", "/v1/openai"),
            Map.entry("models.github.ai", "/inference"),
            Map.entry("api.cohere.ai", "/compatibility/v1"),
            Map.entry("api.cohere.com", "/compatibility/v1"),
            Map.entry("api.z.ai", "/api/paas/v4"),
            Map.entry("dashscope.aliyuncs.com", "/compatible-mode/v1"),
            Map.entry("dashscope-intl.aliyuncs.com", "/compatible-mode/v1"),
            Map.entry("generativelanguage.googleapis.com", "/v1beta/openai"));

    static BasePath of(ProviderType type, BaseUrl written) {
        return switch (type) {
            case OPENAI -> new BasePath(written.withPath(openAi(written.host(), written.path())), "");
            case ANTHROPIC -> new BasePath(written.withPath(anthropic(written.path())), "");
            case GEMINI -> gemini(written);
        };
    }

    private static String openAi(String host, String path) {
        String bare = withoutOne(path, OPENAI_ENDPOINTS);
        if (!bare.equals(path)) {
            return bare;
        }
        String known = OPENAI_PATHS.get(host);
        if (known != null) {
            // the beginning of the right path, up to a whole segment of it
            boolean cut = known.equals(path) || known.startsWith(path + "/");
            return cut ? known : path;
        }
        return path.isEmpty() || OLLAMA_PATHS.contains(path) ? OPENAI_VERSION : path;
    }

    private static String anthropic(String path) {
        return withoutOne(withoutOne(path, ANTHROPIC_ENDPOINTS), List.of("/v1"));
    }

    /** Cuts at the last version, unless something follows that is none of the protocol's own. */
    private static BasePath gemini(BaseUrl written) {
        String[] segments = written.path().split("/", -1);
        int at = segments.length - 1;
        while (at > 0 && !GEMINI_VERSIONS.contains(segments[at])) {
            at--;
        }
        boolean own = at > 0 && (at == segments.length - 1 || GEMINI_COLLECTIONS.contains(segments[at + 1]));
        if (!own) {
            return new BasePath(written, "");
        }
        return new BasePath(written.withPath(String.join("/", List.of(segments).subList(0, at))), segments[at]);
    }

    private static String withoutOne(String path, List<String> ends) {
        for (String end : ends) {
            if (path.endsWith(end)) {
                return BaseUrl.withoutTrailingSlashes(path.substring(0, path.length() - end.length()));
            }
        }
        return path;
    }
}
