package io.llmgateway.upstream.provider;

import io.llmgateway.model.ModelName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.Secret;
import io.llmgateway.upstream.Headers;
import io.llmgateway.upstream.Provider;
import java.util.List;

/**
 * OpenAI and every server that speaks its protocol (vLLM, Ollama, and others); the base URL includes the version,
 * since compatible servers differ in it. Stateless, thread-safe.
 */
public final class OpenAiProvider implements Provider {
    private static final List<String> FORWARDED_REQUEST_HEADERS =
            List.of("openai-beta", "openai-organization", "openai-project", "idempotency-key", "x-client-request-id");
    private static final List<String> FORWARDED_RESPONSE_HEADERS =
            List.of("retry-after", "retry-after-ms", "x-should-retry", "openai-version", "openai-processing-ms");

    @Override
    public String type() {
        return "openai";
    }

    @Override
    public Protocol protocol() {
        return Protocol.OPENAI_CHAT;
    }

    @Override
    public String path(Operation operation, ModelName model, String apiVersion) {
        return switch (operation) {
            case GENERATE, STREAM -> "/chat/completions";
            case COUNT_TOKENS -> "/responses/input_tokens";
            case LIST_MODELS, DISCOVER_MODELS -> "/models";
        };
    }

    @Override
    public void authenticate(Headers headers, Secret apiKey, String apiVersion) {
        if (!apiKey.isEmpty()) {
            headers.add("Authorization", "Bearer " + apiKey.reveal());
        }
    }

    @Override
    public List<String> forwardedRequestHeaders() {
        return FORWARDED_REQUEST_HEADERS;
    }

    @Override
    public List<String> forwardedResponseHeaders() {
        return FORWARDED_RESPONSE_HEADERS;
    }
}
