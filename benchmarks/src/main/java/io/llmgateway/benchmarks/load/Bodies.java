package io.llmgateway.benchmarks.load;

import io.llmgateway.model.Protocol;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Requests and answers to measure with, in every protocol and size. Stateless. */
final class Bodies {
    /** The sizes of bodies, by the name they have in paths and models. */
    static final List<Size> SIZES = List.of(
            new Size("1k", 1024), new Size("10k", 10_240), new Size("100k", 102_400), new Size("1m", 1_048_576));

    private static final String WORDS = "the quick brown fox jumps over the lazy dog ";

    private Bodies() {}

    /** A size of bodies in bytes. */
    record Size(String name, int bytes) {
        static Size named(String name) {
            return SIZES.stream()
                    .filter(size -> size.name.equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no size '" + name + "', sizes are " + SIZES));
        }
    }

    /** One letter for each protocol, as it stands in paths and names of models. */
    static char letter(Protocol protocol) {
        return switch (protocol) {
            case OPENAI_CHAT -> 'o';
            case ANTHROPIC_MESSAGES -> 'a';
            case GEMINI -> 'g';
        };
    }

    static Protocol protocol(char letter) {
        for (Protocol protocol : Protocol.values()) {
            if (letter(protocol) == letter) {
                return protocol;
            }
        }
        throw new IllegalArgumentException("no protocol '" + letter + "'");
    }

    /** A request body of about this many bytes: a conversation of short turns. */
    static String request(Protocol protocol, String model, boolean stream, int size) {
        StringBuilder body = new StringBuilder(size + 64);
        body.append("{\"model\":\"").append(model).append('"');
        if (stream) {
            body.append(",\"stream\":true");
        }
        if (stream && protocol == Protocol.OPENAI_CHAT) {
            body.append(",\"stream_options\":{\"include_usage\":true}");
        }
        body.append(",\"max_tokens\":1024,\"messages\":[");
        int turn = 0;
        while (body.length() < size - 600) {
            body.append("{\"role\":\"").append(turn++ % 2 == 0 ? "user" : "assistant");
            body.append("\",\"content\":\"").append(WORDS.repeat(10)).append("\"},");
        }
        if (turn % 2 == 1) {
            body.append("{\"role\":\"assistant\",\"content\":\"yes\"},");
        }
        body.append("{\"role\":\"user\",\"content\":\"");
        int rest = Math.max(1, size - body.length() - 4);
        body.append(WORDS.repeat(rest / WORDS.length() + 1), 0, rest);
        return body.append("\"}]}").toString();
    }

    /** A whole HTTP request as an SDK sends it. */
    static byte[] http(Protocol protocol, String path, String key, String body) {
        boolean anthropic = protocol == Protocol.ANTHROPIC_MESSAGES;
        String head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + (anthropic
                        ? "x-api-key: " + key + "\r\nanthropic-version: 2023-06-01\r\n"
                        : "Authorization: Bearer " + key + "\r\n")
                + "User-Agent: bench/1.0\r\nAccept: application/json\r\n"
                + "Content-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n";
        return (head + body).getBytes(StandardCharsets.US_ASCII);
    }

    /** The path of a protocol's requests. */
    static String path(Protocol protocol) {
        return switch (protocol) {
            case OPENAI_CHAT -> "/v1/chat/completions";
            case ANTHROPIC_MESSAGES -> "/v1/messages";
            case GEMINI -> "/v1beta/models/m:generateContent";
        };
    }

    /** A whole answer of exactly this many bytes. */
    static String answer(Protocol protocol, int size) {
        String empty = answerWith(protocol, "");
        int rest = Math.max(0, size - empty.length());
        return answerWith(protocol, WORDS.repeat(rest / WORDS.length() + 1).substring(0, rest));
    }

    private static String answerWith(Protocol protocol, String text) {
        return switch (protocol) {
            case OPENAI_CHAT ->
                "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1700000000,\"model\":\"m\","
                        + "\"choices\":"
                        + "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" + text
                        + "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":200,\"completion_tokens\":100,"
                        + "\"total_tokens\":300}}";
            case ANTHROPIC_MESSAGES ->
                "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[{\"type\":"
                        + "\"text\",\"text\":\"" + text + "\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,"
                        + "\"usage\":{\"input_tokens\":200,\"output_tokens\":100}}";
            case GEMINI ->
                "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"" + text
                        + "\"}]},\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":200,"
                        + "\"candidatesTokenCount\":100,\"totalTokenCount\":300},\"modelVersion\":\"m\","
                        + "\"responseId\":\"r\"}";
        };
    }

    /** What a stream begins with, before its first piece of content. */
    static String streamBegin(Protocol protocol) {
        return switch (protocol) {
            case OPENAI_CHAT -> openAi("{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null");
            case ANTHROPIC_MESSAGES ->
                named(
                                "message_start",
                                "\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\","
                                        + "\"model\":\"m\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,"
                                        + "\"usage\":{\"input_tokens\":200,\"output_tokens\":1}}")
                        + named(
                                "content_block_start",
                                "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}");
            case GEMINI -> "";
        };
    }

    /** One piece of content with the time it is written at. */
    static String streamPiece(Protocol protocol, long nanoTime) {
        String text = "word @" + nanoTime + "@ ";
        return switch (protocol) {
            case OPENAI_CHAT -> openAi("{\"content\":\"" + text + "\"},\"finish_reason\":null");
            case ANTHROPIC_MESSAGES ->
                named(
                        "content_block_delta",
                        "\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" + text + "\"}");
            case GEMINI ->
                "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"" + text
                        + "\"}],\"role\":\"model\"},\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":200,"
                        + "\"candidatesTokenCount\":1,\"totalTokenCount\":201},\"modelVersion\":\"m\",\"responseId\":"
                        + "\"r1\"}\r\n\r\n";
        };
    }

    /** What a stream ends with. */
    static String streamEnd(Protocol protocol) {
        return switch (protocol) {
            case OPENAI_CHAT ->
                openAi("{},\"finish_reason\":\"stop\"")
                        + "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
                        + "\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":200,\"completion_tokens\":100,"
                        + "\"total_tokens\":300}}\n\ndata: [DONE]\n\n";
            case ANTHROPIC_MESSAGES ->
                named("content_block_stop", "\"index\":0")
                        + named(
                                "message_delta",
                                "\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":"
                                        + "{\"output_tokens\":100}")
                        + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
            case GEMINI ->
                "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"end\"}],\"role\":\"model\"},"
                        + "\"finishReason\":\"STOP\",\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":200,"
                        + "\"candidatesTokenCount\":100,\"totalTokenCount\":300},\"modelVersion\":\"m\",\"responseId\":"
                        + "\"r1\"}\r\n\r\n";
        };
    }

    private static String openAi(String delta) {
        return "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
                + "\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":" + delta + "}]}\n\n";
    }

    private static String named(String type, String fields) {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + fields + "}\n\n";
    }
}
