/**
 * The protocols, one package each: errors, usage and streams of OpenAI Chat, Anthropic Messages and Gemini. Pure
 * functions on bytes.
 */
@org.jspecify.annotations.NullMarked
module io.llmgateway.converters {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires transitive io.llmgateway.wire;

    exports io.llmgateway.converters;
}
