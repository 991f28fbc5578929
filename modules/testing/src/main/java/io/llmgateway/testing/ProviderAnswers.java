package io.llmgateway.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What providers of the three protocols say when all is well, as bytes of HTTP/1.1. Stateless. */
public final class ProviderAnswers {
    /** The head of a stream in chunks. */
    public static final String STREAM_HEAD =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    /** The last chunk. */
    public static final String LAST_CHUNK = "0\r\n\r\n";
    /** How an OpenAI stream begins. */
    public static final String OPENAI_START = """
            data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m",\
            "choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

            """;
    /** How an OpenAI stream ends. */
    public static final String OPENAI_END = """
            data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            data: {"id":"c","object":"chat.completion.chunk","choices":[],\
            "usage":{"prompt_tokens":7,"completion_tokens":3}}

            data: [DONE]

            """;
    /** How an Anthropic stream begins. */
    public static final String ANTHROPIC_START = """
            event: message_start
            data: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","content":[],\
            "model":"m","usage":{"input_tokens":7,"output_tokens":1}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

            """;
    /** How an Anthropic stream ends. */
    public static final String ANTHROPIC_END = """
            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}}

            event: message_stop
            data: {"type":"message_stop"}

            """;

    private ProviderAnswers() {}

    /** A JSON response with its head. */
    public static String json(int status, String body) {
        return "HTTP/1.1 " + status + " Any\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    /** A non-streaming OpenAI response without its head. */
    public static String openAi(String text) {
        return "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                + "\"message\":{\"role\":\"assistant\",\"content\":\"" + text + "\"},\"finish_reason\":\"stop\"}],"
                + "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10}}";
    }

    /** A non-streaming Anthropic response without its head. */
    public static String anthropic(String text) {
        return "{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":"
                + "[{\"type\":\"text\",\"text\":\"" + text + "\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,"
                + "\"usage\":{\"input_tokens\":7,\"output_tokens\":3}}";
    }

    /** A non-streaming Gemini response without its head, which is also the only event of a stream. */
    public static String gemini(String text) {
        return "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"" + text + "\"}]},"
                + "\"finishReason\":\"STOP\",\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":7,"
                + "\"candidatesTokenCount\":3,\"totalTokenCount\":10},\"modelVersion\":\"m\",\"responseId\":\"r\"}";
    }

    /** An event with a piece of text, of an OpenAI stream. */
    public static String openAiDelta(String text) {
        return "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":"
                + "[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"},\"finish_reason\":null}]}\n\n";
    }

    /** An event with a piece of text, of an Anthropic stream. */
    public static String anthropicDelta(String text) {
        return "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
                + "{\"type\":\"text_delta\",\"text\":\"" + text + "\"}}\n\n";
    }

    /** Answers well, in the protocol that the path asks for, streamed when the request wants that. */
    public static void serve(ScriptedUpstream.Call call) throws IOException {
        boolean stream =
                call.line().contains(":streamGenerateContent") || call.body().contains("\"stream\":true");
        if (stream) {
            call.write(STREAM_HEAD);
            call.chunk(events(call.line()));
            call.write(LAST_CHUNK);
        } else {
            call.write(json(200, whole(call.line(), "ok")));
        }
    }

    /** All events of a stream that says "ok", in the protocol that the request line asks for. */
    public static String events(String line) {
        if (line.contains("/messages")) {
            return ANTHROPIC_START + anthropicDelta("ok") + ANTHROPIC_END;
        }
        if (line.contains(":streamGenerateContent")) {
            return "data: " + gemini("ok") + "\n\n";
        }
        return OPENAI_START + openAiDelta("ok") + OPENAI_END;
    }

    /** A non-streaming response with this text, without its head, in the protocol that the request line asks for. */
    public static String whole(String line, String text) {
        if (line.contains("count_tokens")) {
            return "{\"input_tokens\":7}";
        }
        if (line.contains(":countTokens")) {
            return "{\"totalTokens\":7}";
        }
        if (line.contains("/messages")) {
            return anthropic(text);
        }
        return line.contains(":generateContent") ? gemini(text) : openAi(text);
    }
}
