// Java's HttpClient: java Clients.java BASE KEY
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.io.ByteArrayInputStream;

class Clients {
    static final HttpClient CLIENT = HttpClient.newHttpClient();
    static String base;

    static String body(String content, String script, boolean stream) {
        return "{\"model\":\"gpt-x/" + script + "\",\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]}";
    }

    static void expect(String name, int status, String contains, HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            boolean right = answer.statusCode() == status && answer.body().contains(contains);
            System.out.println((right ? "ok" : "FAILED") + " java " + name
                    + (right ? "" : ": " + answer.statusCode() + " " + answer.body()));
        } catch (Exception e) {
            System.out.println("FAILED java " + name + ": " + e);
        }
    }

    static HttpRequest.Builder post(String key, String type, HttpRequest.BodyPublisher body) {
        return HttpRequest.newBuilder(URI.create(base + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", type)
                .POST(body);
    }

    static HttpRequest.BodyPublisher text(String text) {
        return HttpRequest.BodyPublishers.ofString(text);
    }

    public static void main(String[] arguments) {
        base = arguments[0];
        String key = arguments[1];
        String json = "application/json";
        String big = "x".repeat(10 << 20);
        for (int i = 0; i < 10; i++) {
            expect("whole", 200, "hello", post(key, json, text(body("hello", "echo", false))));
        }
        expect("streamed", 200, "data: [DONE]", post(key, json, text(body("one two", "echo", true))));
        expect("upload of 10 MiB", 200, "chat.completion", post(key, json, text(body(big, "tokens-3", false))));
        byte[] bytes = body(big, "tokens-3", false).getBytes(StandardCharsets.US_ASCII);
        expect("chunked upload", 200, "chat.completion",
                post(key, json, HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes))));
        expect("Expect: 100-continue", 200, "chat.completion",
                post(key, json, text(body(big, "tokens-3", false))).expectContinue(true));
        expect("Expect and 401", 401, "error", post("wrong", json, text(body(big, "echo", false))).expectContinue(true));
        for (int i = 0; i < 5; i++) {
            expect("early 401", 401, "error", post("wrong", json, text(body(big, "echo", false))));
            expect("early 415", 415, "error", post(key, "text/plain", text(body(big, "echo", false))));
        }
        expect("413", 413, "error", post(key, json, text(body("x".repeat(33 << 20), "echo", false))));
        expect("HEAD", 200, "", HttpRequest.newBuilder(URI.create(base + "/health")).HEAD());
        System.exit(0);
    }
}
