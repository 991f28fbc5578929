package io.llmgateway.benchmarks;

import io.llmgateway.model.Protocol;

/** Answers of providers to measure with. Stateless. */
final class Answers {
    private Answers() {}

    /** A whole answer with this text. */
    static String whole(Protocol protocol, String text) {
        return switch (protocol) {
            case OPENAI_CHAT ->
                "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":["
                        + "{\"index\":0,"
                        + "\"message\":{\"role\":\"assistant\",\"content\":\"" + text
                        + "\"},\"finish_reason\":\"stop\"}],"
                        + "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9,\"total_tokens\":18}}";
            case ANTHROPIC_MESSAGES ->
                "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[{"
                        + "\"type\":\"text\","
                        + "\"text\":\"" + text + "\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,"
                        + "\"usage\":{\"input_tokens\":9,\"output_tokens\":9}}";
            case GEMINI ->
                "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"" + text
                        + "\"}]},\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":9,"
                        + "\"candidatesTokenCount\":9,\"totalTokenCount\":18},\"modelVersion\":\"m\","
                        + "\"responseId\":\"r\"}";
        };
    }

    /** The first event of a stream. */
    static String first(Protocol protocol) {
        return switch (protocol) {
            case OPENAI_CHAT ->
                "data: {\"id\":\"chatcmpl-1\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
                        + "\"content\":\"\"},"
                        + "\"finish_reason\":null}]}\n\n";
            case ANTHROPIC_MESSAGES ->
                "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\","
                        + "\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}}\n\nevent: "
                        + "content_block_start\ndata: {\"type\":"
                        + "\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":"
                        + "\"\"}}\n\n";
            case GEMINI -> event(protocol);
        };
    }

    /** One event in the middle of a stream. */
    static String event(Protocol protocol) {
        return switch (protocol) {
            case OPENAI_CHAT ->
                "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
                        + "\"choices\":"
                        + "[{\"index\":0,\"delta\":{\"content\":\"word \"},\"finish_reason\":null}]}\n\n";
            case ANTHROPIC_MESSAGES ->
                "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
                        + "{\"type\":\"text_delta\",\"text\":\"word \"}}\n\n";
            case GEMINI ->
                "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"word \"}],\"role\":\"model\"},"
                        + "\"index\":0}],"
                        + "\"usageMetadata\":{\"promptTokenCount\":9,\"candidatesTokenCount\":1,"
                        + "\"totalTokenCount\":10},"
                        + "\"modelVersion\":\"m\",\"responseId\":\"r1\"}\n\n";
        };
    }
}
