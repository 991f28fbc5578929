package io.llmgateway.settings;

import io.llmgateway.model.ModelName;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One entry of LiteLLM's {@code model_list}. Immutable.
 *
 * @param name what clients ask for
 * @param provider LiteLLM's name of the provider
 * @param model as the provider calls it
 * @param endpoint where it is and how it is spoken to
 * @param share what LiteLLM distributes requests by
 * @param order lower is tried first
 */
record LiteLlmDeployment(String name, String provider, String model, Endpoint endpoint, Share share, int order) {
    /**
     * Where a deployment is.
     *
     * @param key YAML of its credential; empty for none
     * @param headers YAML by name
     * @param maxConcurrent requests at once; 0 for no limit
     * @param total for the whole request; empty for the general one
     * @param firstToken until the first piece of content; empty for the general one
     */
    record Endpoint(
            ProviderType type,
            String baseUrl,
            String key,
            Map<String, String> headers,
            int maxConcurrent,
            Optional<Duration> total,
            Optional<Duration> firstToken) {}

    /** Weight, requests and tokens per minute; each 0 when it is not given. */
    record Share(double weight, double rpm, double tpm) {}

    /** True for a name with a star. */
    boolean wildcard() {
        return name.indexOf('*') >= 0;
    }

    /** Reads an entry; null, with a note, when it cannot be used here. */
    static @Nullable LiteLlmDeployment read(LiteLlmNode entry, LiteLlmNotes notes) {
        LiteLlmNode params = entry.under("litellm_params");
        entry.ignore("model_info");
        String name = entry.text("model_name").orElse("");
        String written = params.text("model").orElse("");
        LiteLlmProvider.Named named = LiteLlmProvider.named(written, params.text("custom_llm_provider"));
        String base = params.text("api_base")
                .or(() -> params.text("base_url"))
                .map(value -> notes.plain(params, "api_base", value))
                .orElse("");
        String known = named.provider().isEmpty() && !base.isEmpty() ? "openai_like" : named.provider();
        Optional<LiteLlmProvider> provider = LiteLlmProvider.of(known);
        if (provider.isEmpty()) {
            String what =
                    known.isEmpty() ? "'" + written + "' names no provider" : "provider '" + known + "' is not spoken";
            return leftOut(params, what + ", the deployment is left out");
        }
        String url = provider.get().baseUrl(known, base);
        String wrong = wrong(name, named.model(), url);
        if (!wrong.isEmpty()) {
            return leftOut(params, wrong + ", the deployment is left out");
        }
        Endpoint endpoint = endpoint(params, notes, known, provider.get(), url);
        Share share = new Share(
                params.number("weight").orElse(0.0),
                params.number("rpm").orElse(0.0),
                params.number("tpm").orElse(0.0));
        int order = params.number("order").orElse(1.0).intValue();
        params.ignore("api_key", "num_retries", "max_retries", "drop_params");
        return new LiteLlmDeployment(name, known, named.model(), endpoint, share, Math.clamp(order, 1, 100));
    }

    private static @Nullable LiteLlmDeployment leftOut(LiteLlmNode params, String why) {
        params.keys().forEach(params::ignore);
        params.note("model", why);
        return null;
    }

    private static String wrong(String name, String model, String url) {
        if (url.isEmpty()) {
            return "an api_base is needed";
        }
        try {
            BaseUrl.parse(url);
        } catch (IllegalArgumentException e) {
            return "api_base " + e.getMessage();
        }
        return Stream.of(name, model)
                .filter(each -> each.indexOf('*') < 0)
                .flatMap(each -> ModelName.explain(each).stream())
                .findFirst()
                .orElse("");
    }

    private static Endpoint endpoint(
            LiteLlmNode params, LiteLlmNotes notes, String name, LiteLlmProvider provider, String url) {
        String own = provider.variable().isEmpty() ? name.toUpperCase(Locale.ROOT) + "_API_KEY" : provider.variable();
        String key = params.text("api_key")
                .filter(value -> !value.isEmpty() && !value.equalsIgnoreCase("none"))
                .map(value -> notes.variable(params, "api_key", value, own))
                .or(() -> Optional.of(provider.variable()).filter(variable -> !variable.isEmpty()))
                .map(variable -> {
                    notes.variables().add(variable);
                    return "{env: " + variable + "}";
                })
                .orElse("");
        Map<String, String> headers = new LinkedHashMap<>();
        params.text("organization")
                .ifPresent(value -> headers.put("OpenAI-Organization", header(params, notes, "organization", value)));
        params.pairs("extra_headers")
                .forEach((header, value) -> headers.put(header, header(params, notes, header, value)));
        int max = params.number("max_parallel_requests").orElse(0.0).intValue();
        return new Endpoint(
                provider.type(),
                url,
                key,
                headers,
                Math.clamp(max, 0, 100_000),
                params.number("timeout").flatMap(LiteLlmDeployment::seconds),
                params.number("stream_timeout").flatMap(LiteLlmDeployment::seconds));
    }

    /** Seconds as a duration that can be configured. */
    static Optional<Duration> seconds(double seconds) {
        return seconds <= 0
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(Math.clamp((long) (seconds * 1_000), 1L, 86_400_000L)));
    }

    private static String header(LiteLlmNode params, LiteLlmNotes notes, String name, String value) {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean secret = value.startsWith("os.environ/")
                || Stream.of("key", "token", "auth", "secret", "cookie").anyMatch(lower::contains)
                || Shown.of(value).endsWith("***'");
        if (!secret) {
            return YamlOut.value(value);
        }
        String own = "HEADER_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
        return "{env: " + notes.variable(params, "extra_headers", value, own) + "}";
    }
}
