package io.llmgateway.launcher;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The requests of a warm-up: every client protocol to every provider, whole and streamed. Stateless. */
final class WarmUpRequests {
    private static final List<String> MODELS = List.of("gpt-5-mini", "claude-sonnet-4-5", "gemini-2.5-flash");
    private static final String TOOL = ",\"tools\":[";
    private static final String SCHEMA = "{\"type\":\"object\",\"properties\":{\"q\":{\"type\":\"string\"}}}";

    private WarmUpRequests() {}

    /** Whole requests as they go over a connection. */
    static List<byte[]> all(String key) {
        String bearer = "Authorization: Bearer " + key + "\r\n";
        String apiKey = "x-api-key: " + key + "\r\n";
        List<byte[]> all = new ArrayList<>();
        for (String model : MODELS) {
            for (String stream : List.of("", ",\"stream\":true")) {
                all.add(post("/v1/chat/completions", bearer, body(model, stream)));
                all.add(post("/v1/messages", apiKey, body(model, stream + ",\"max_tokens\":64")));
            }
            all.add(post(
                    "/v1/chat/completions",
                    bearer,
                    body(
                            model,
                            TOOL + "{\"type\":\"function\",\"function\":{\"name\":\"find\",\"parameters\":" + SCHEMA
                                    + "}}]")));
            all.add(post(
                    "/v1/messages",
                    apiKey,
                    body(model, ",\"max_tokens\":64" + TOOL + "{\"name\":\"find\",\"input_schema\":" + SCHEMA + "}]")));
        }
        // most requests stay in their protocol
        all.add(post("/v1/chat/completions", bearer, body("gpt-5-mini", "")));
        all.add(post("/v1/messages", apiKey, body("claude-sonnet-4-5", ",\"max_tokens\":64")));
        all.add(post("/v1/chat/completions", bearer, body("no-such-model", "")));
        all.add(post("/v1/chat/completions", bearer, "{"));
        all.add("GET /health HTTP/1.1\r\nHost: warm-up\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        all.add(("GET /v1/models HTTP/1.1\r\nHost: warm-up\r\n" + bearer + "\r\n").getBytes(StandardCharsets.US_ASCII));
        return all;
    }

    private static String body(String model, String more) {
        return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\""
                + "The quick brown fox jumps over the lazy dog. ".repeat(8) + "\"}]" + more + "}";
    }

    private static byte[] post(String path, String header, String body) {
        return ("POST " + path + " HTTP/1.1\r\nHost: warm-up\r\n" + header
                        + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }
}
