/**
 * The protocols, one package each: errors, usage, requests and streams of OpenAI Chat, Anthropic Messages and Gemini.
 * Pure functions on bytes, no sockets.
 */
@org.jspecify.annotations.NullMarked
module io.llmgateway.converters {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires transitive io.llmgateway.wire;

    exports io.llmgateway.converters;

    uses io.llmgateway.converters.ClientProtocol;
    uses io.llmgateway.converters.Translator;
    uses io.llmgateway.converters.hub.ClientCodec;
    uses io.llmgateway.converters.hub.UpstreamCodec;

    provides io.llmgateway.converters.ClientProtocol with
            io.llmgateway.converters.openai.chat.OpenAiChatClient,
            io.llmgateway.converters.anthropic.AnthropicClient;
    provides io.llmgateway.converters.Translator with
            io.llmgateway.converters.openai.chat.OpenAiChatRelay,
            io.llmgateway.converters.anthropic.AnthropicRelay;
    provides io.llmgateway.converters.hub.ClientCodec with
            io.llmgateway.converters.openai.chat.OpenAiChatCodec,
            io.llmgateway.converters.anthropic.AnthropicCodec;
    provides io.llmgateway.converters.hub.UpstreamCodec with
            io.llmgateway.converters.openai.chat.OpenAiChatCodec,
            io.llmgateway.converters.anthropic.AnthropicCodec,
            io.llmgateway.converters.gemini.GeminiCodec;
}
