package io.llmgateway.upstream.provider;

import io.llmgateway.model.ModelName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.Secret;
import io.llmgateway.upstream.Headers;
import io.llmgateway.upstream.Provider;
import java.util.List;

/** Anthropic; exactly one credential is sent, since it refuses two. Stateless, thread-safe. */
public final class AnthropicProvider implements Provider {
    private static final List<String> FORWARDED_REQUEST_HEADERS =
            List.of("anthropic-beta", "anthropic-dangerous-direct-browser-access", "idempotency-key");
    // @anthropic-ai/sdk 1.14.0, AnthropicBeta; models that have the long context anyway ignore it
    private static final String LONG_CONTEXT_BETA = "context-1m-2025-08-07";
    private static final List<String> FORWARDED_RESPONSE_HEADERS = List.of("retry-after", "x-should-retry");

    @Override
    public String type() {
        return "anthropic";
    }

    @Override
    public Protocol protocol() {
        return Protocol.ANTHROPIC_MESSAGES;
    }

    @Override
    public String path(Operation operation, ModelName model, String apiVersion) {
        return switch (operation) {
            case GENERATE, STREAM -> "/v1/messages";
            case COUNT_TOKENS -> "/v1/messages/count_tokens";
            case LIST_MODELS -> "/v1/models?limit=1";
            case DISCOVER_MODELS -> "/v1/models?limit=1000";
        };
    }

    @Override
    public void authenticate(Headers headers, Secret apiKey, String apiVersion) {
        if (!apiKey.isEmpty()) {
            headers.add("x-api-key", apiKey.reveal());
        }
        headers.add("anthropic-version", apiVersion);
    }

    @Override
    public String longContextBeta() {
        return LONG_CONTEXT_BETA;
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
