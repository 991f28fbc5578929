package io.llmgateway.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Sends a running demo the requests of a working day, so that the AOT cache of the runtime image learns what a gateway
 * really does. Plain sockets, so that nothing of the client is learnt. Used by the image's build only.
 */
final class Training {
    private static final int ROUNDS = 150;
    private static final List<String> MODELS = List.of("gpt-5-mini", "claude-sonnet-4-5", "gemini-2.5-flash");

    private Training() {}

    /** Arguments: address for applications, address of the metrics page, client key, rounds if not the usual. */
    public static void main(String[] arguments) throws IOException {
        URI data = URI.create(arguments[0]);
        URI metrics = URI.create(arguments[1]);
        String bearer = "Authorization: Bearer " + arguments[2] + "\r\n";
        String apiKey = "x-api-key: " + arguments[2] + "\r\n";
        int rounds = arguments.length > 3 ? Integer.parseInt(arguments[3]) : ROUNDS;
        for (int i = 0; i < rounds; i++) {
            for (String stream : List.of("", ",\"stream\":true")) {
                for (String model : MODELS) {
                    post(data, "/v1/chat/completions", bearer, body(model, stream));
                    post(data, "/v1/messages", apiKey, body(model, stream + ",\"max_tokens\":64"));
                }
            }
        }
        post(data, "/v1/chat/completions", bearer, body("no-such-model", ""));
        post(data, "/v1/chat/completions", "", body("gpt-5-mini", ""));
        post(data, "/v1/chat/completions", bearer, "{");
        get(data, "/v1/models", bearer);
        get(data, "/health", "");
        get(metrics, metrics.getPath(), "");
    }

    private static String body(String model, String more) {
        return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\""
                + "The quick brown fox jumps over the lazy dog. ".repeat(8) + "\"}]" + more + "}";
    }

    private static void post(URI to, String path, String header, String body) throws IOException {
        exchange(
                to,
                "POST " + path + " HTTP/1.1\r\nHost: training\r\n" + header
                        + "Content-Type: application/json\r\nConnection: close\r\nContent-Length: "
                        + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    private static void get(URI to, String path, String header) throws IOException {
        exchange(to, "GET " + path + " HTTP/1.1\r\nHost: training\r\n" + header + "Connection: close\r\n\r\n");
    }

    private static void exchange(URI to, String request) throws IOException {
        try (Socket socket = new Socket(to.getHost(), to.getPort())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.UTF_8));
            out.flush();
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String status = in.readLine();
            if (status == null || !status.startsWith("HTTP/1.1 ") || status.startsWith("HTTP/1.1 5")) {
                throw new IOException("the gateway did not respond: " + status);
            }
            while (in.readLine() != null) {
                // read to the end, as a client does
            }
        }
    }
}
