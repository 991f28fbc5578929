package io.llmgateway.it.chaos;

import io.llmgateway.testing.StreamInvariants;
import java.util.ArrayList;
import java.util.List;

/** The protocols as upstreams speak them, in their simplest form. */
enum Wire {
    OPENAI,
    ANTHROPIC,
    GEMINI;

    /** Data of an event that is not JSON. */
    static final String BROKEN = "{\"choices\":[{\"broken";

    /** A whole answer with this text. */
    String whole(String text, int input, int output) {
        return switch (this) {
            case OPENAI ->
                "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                        + "\"message\":{\"role\":\"assistant\",\"content\":\"" + text
                        + "\"},\"finish_reason\":\"stop\"}],\"usage\":" + usage(input, output) + "}";
            case ANTHROPIC ->
                "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[{\"type\":"
                        + "\"text\",\"text\":\"" + text
                        + "\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":"
                        + usage(input, output) + "}";
            case GEMINI -> gemini(text, "STOP", input, output);
        };
    }

    private String usage(int input, int output) {
        return switch (this) {
            case OPENAI ->
                "{\"prompt_tokens\":" + input + ",\"completion_tokens\":" + output + ",\"total_tokens\":"
                        + (input + output) + "}";
            case ANTHROPIC -> "{\"input_tokens\":" + input + ",\"output_tokens\":" + output + "}";
            case GEMINI ->
                "{\"promptTokenCount\":" + input + ",\"candidatesTokenCount\":" + output + ",\"totalTokenCount\":"
                        + (input + output) + "}";
        };
    }

    private String gemini(String text, String finish, int input, int output) {
        return "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"" + text + "\"}],\"role\":\"model\"}"
                + (finish.isEmpty() ? "" : ",\"finishReason\":\"" + finish + "\"") + ",\"index\":0}],\"usageMetadata\":"
                + usage(input, output) + ",\"modelVersion\":\"m\",\"responseId\":\"r1\"}";
    }

    /** The events of a stream with this text, the last one ends it. */
    List<String> events(List<String> pieces, int input, boolean usageWanted) {
        return switch (this) {
            case OPENAI -> openAi(pieces, input, usageWanted);
            case ANTHROPIC -> anthropic(pieces, input);
            case GEMINI -> {
                List<String> events = new ArrayList<>();
                for (int i = 0; i < pieces.size(); i++) {
                    String finish = i == pieces.size() - 1 ? "STOP" : "";
                    events.add("data: " + gemini(pieces.get(i), finish, input, i + 1) + "\r\n\r\n");
                }
                yield events;
            }
        };
    }

    private List<String> openAi(List<String> pieces, int input, boolean usageWanted) {
        List<String> events = new ArrayList<>();
        events.add(chunk("{\"role\":\"assistant\",\"content\":\"\"}", "null"));
        pieces.forEach(piece -> events.add(chunk("{\"content\":\"" + piece + "\"}", "null")));
        events.add(chunk("{}", "\"stop\""));
        if (usageWanted) {
            events.add("data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
                    + "\"choices\":[],\"usage\":" + usage(input, pieces.size()) + "}\n\n");
        }
        events.add("data: [DONE]\n\n");
        return events;
    }

    private static String chunk(String delta, String finish) {
        return "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":"
                + "[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":" + finish + "}]}\n\n";
    }

    private List<String> anthropic(List<String> pieces, int input) {
        List<String> events = new ArrayList<>();
        events.add(event(
                "message_start",
                ",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\""
                        + ":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":" + usage(input, 1) + "}"));
        events.add(event("content_block_start", ",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}"));
        pieces.forEach(piece -> events.add(event(
                "content_block_delta", ",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" + piece + "\"}")));
        events.add(event("content_block_stop", ",\"index\":0"));
        events.add(event(
                "message_delta",
                ",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":"
                        + pieces.size() + "}"));
        events.add(event("message_stop", ""));
        return events;
    }

    private static String event(String name, String more) {
        return "event: " + name + "\ndata: {\"type\":\"" + name + "\"" + more + "}\n\n";
    }

    /** How many tokens a request has. */
    String count(long tokens) {
        return switch (this) {
            case OPENAI -> "{\"object\":\"response.input_tokens\",\"input_tokens\":" + tokens + "}";
            case ANTHROPIC -> "{\"input_tokens\":" + tokens + "}";
            case GEMINI -> "{\"totalTokens\":" + tokens + "}";
        };
    }

    /** An error's body. */
    String error(int status, String message) {
        return switch (this) {
            case OPENAI ->
                "{\"error\":{\"message\":\"" + message + "\",\"type\":\"server_error\",\"param\":null,\"code\":null}}";
            case ANTHROPIC ->
                "{\"type\":\"error\",\"error\":{\"type\":\"" + (status == 429 ? "rate_limit_error" : "api_error")
                        + "\",\"message\":\"" + message + "\"}}";
            case GEMINI ->
                "{\"error\":{\"code\":" + status + ",\"message\":\"" + message + "\",\"status\":\"INTERNAL\"}}";
        };
    }

    /** An error inside a stream. */
    String errorEvent(String message) {
        return (this == ANTHROPIC ? "event: error\n" : "") + "data: " + error(500, message) + "\n\n";
    }

    /** Checks a stream that came to its own end. */
    static void check(boolean anthropic, String stream, boolean usageAsked) {
        if (anthropic) {
            StreamInvariants.anthropic(stream);
        } else {
            StreamInvariants.openAi(stream, usageAsked);
        }
    }
}
