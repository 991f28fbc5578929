package io.llmgateway.upstream.provider;

import io.llmgateway.model.ModelName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.Secret;
import io.llmgateway.upstream.Headers;
import io.llmgateway.upstream.Provider;
import java.util.List;

/** Google Gemini; the key travels in a header, never in the URL, where logs would keep it. Stateless, thread-safe. */
public final class GeminiProvider implements Provider {
    private static final List<String> FORWARDED_RESPONSE_HEADERS = List.of("retry-after");

    @Override
    public String type() {
        return "gemini";
    }

    @Override
    public Protocol protocol() {
        return Protocol.GEMINI;
    }

    @Override
    public String path(Operation operation, ModelName model, String apiVersion) {
        String models = "/" + apiVersion + "/models";
        return switch (operation) {
            case GENERATE -> "/" + apiVersion + "/" + resource(model) + ":generateContent";
            case STREAM -> "/" + apiVersion + "/" + resource(model) + ":streamGenerateContent?alt=sse";
            case COUNT_TOKENS -> "/" + apiVersion + "/" + resource(model) + ":countTokens";
            case LIST_MODELS -> models + "?pageSize=1";
            case DISCOVER_MODELS -> models + "?pageSize=1000";
        };
    }

    /** Names may come with their collection already; it is not doubled. */
    private static String resource(ModelName model) {
        String name = ModelPath.of(model);
        return name.startsWith("models/") || name.startsWith("tunedModels/") ? name : "models/" + name;
    }

    @Override
    public void authenticate(Headers headers, Secret apiKey, String apiVersion) {
        if (!apiKey.isEmpty()) {
            headers.add("x-goog-api-key", apiKey.reveal());
        }
    }

    @Override
    public List<String> forwardedRequestHeaders() {
        return List.of();
    }

    @Override
    public List<String> forwardedResponseHeaders() {
        return FORWARDED_RESPONSE_HEADERS;
    }
}
