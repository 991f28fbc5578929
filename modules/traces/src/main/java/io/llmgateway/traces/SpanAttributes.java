package io.llmgateway.traces;

import io.llmgateway.model.Protocol;
import io.llmgateway.settings.GenAiConventions;
import io.opentelemetry.api.common.AttributeKey;

/**
 * The names of attributes. Those of generative AI are our own constants, since OpenTelemetry's move between
 * repositories and are still in development. Immutable, thread-safe.
 *
 * @param cacheWrite input tokens that were written to the provider's cache; in this name the generations differ
 */
record SpanAttributes(AttributeKey<Long> cacheWrite) {
    static final AttributeKey<String> OPERATION = AttributeKey.stringKey("gen_ai.operation.name");
    static final AttributeKey<String> PROVIDER = AttributeKey.stringKey("gen_ai.provider.name");
    static final AttributeKey<String> REQUEST_MODEL = AttributeKey.stringKey("gen_ai.request.model");
    static final AttributeKey<String> RESPONSE_MODEL = AttributeKey.stringKey("gen_ai.response.model");
    static final AttributeKey<Boolean> STREAM = AttributeKey.booleanKey("gen_ai.request.stream");
    static final AttributeKey<Double> FIRST_CHUNK = AttributeKey.doubleKey("gen_ai.response.time_to_first_chunk");
    static final AttributeKey<Long> INPUT = AttributeKey.longKey("gen_ai.usage.input_tokens");
    static final AttributeKey<Long> OUTPUT = AttributeKey.longKey("gen_ai.usage.output_tokens");
    static final AttributeKey<Long> CACHE_READ = AttributeKey.longKey("gen_ai.usage.cache_read.input_tokens");
    static final AttributeKey<Long> REASONING = AttributeKey.longKey("gen_ai.usage.reasoning.output_tokens");

    static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    static final AttributeKey<String> ADDRESS = AttributeKey.stringKey("server.address");
    static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
    static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");

    static final AttributeKey<String> REQUEST_ID = AttributeKey.stringKey("llmgateway.request.id");
    static final AttributeKey<String> ENDPOINT = AttributeKey.stringKey("llmgateway.endpoint");
    static final AttributeKey<String> KEY = AttributeKey.stringKey("llmgateway.key");
    static final AttributeKey<String> GROUP = AttributeKey.stringKey("llmgateway.group");
    static final AttributeKey<String> OWN_PROVIDER = AttributeKey.stringKey("llmgateway.provider");
    static final AttributeKey<String> INSTANCE = AttributeKey.stringKey("llmgateway.instance");
    static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("llmgateway.attempts");
    static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("llmgateway.attempt");
    static final AttributeKey<Double> OVERHEAD = AttributeKey.doubleKey("llmgateway.overhead");
    static final AttributeKey<Double> COST = AttributeKey.doubleKey("llmgateway.cost");
    static final AttributeKey<Boolean> ESTIMATED = AttributeKey.booleanKey("llmgateway.estimated");

    static SpanAttributes of(GenAiConventions conventions) {
        return switch (conventions) {
            case V1 -> new SpanAttributes(AttributeKey.longKey("gen_ai.usage.cache_creation.input_tokens"));
            case V2 -> new SpanAttributes(AttributeKey.longKey("gen_ai.usage.cache_write.input_tokens"));
        };
    }

    /** How the conventions call who speaks a protocol. */
    static String provider(Protocol protocol) {
        return switch (protocol) {
            case OPENAI_CHAT -> "openai";
            case ANTHROPIC_MESSAGES -> "anthropic";
            case GEMINI -> "gcp.gemini";
        };
    }
}
