package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.StreamInvariants;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Converted streams and refusals over real sockets: what every stream must keep, whatever the provider does. */
class ConversionStreamTest {
    private static final String TOOLS_OPENAI =
            "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\","
                    + "\"properties\":{\"city\":{\"type\":\"string\"}}}}}],";
    private static final String TOOLS_ANTHROPIC =
            "\"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":\"object\",\"properties\":{\"city\":{\"type\":"
                    + "\"string\"}}}}],\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024},";

    private static RunningGateway gateway;
    private static HttpClient http;

    @BeforeAll
    static void start() {
        gateway = RunningGateway.start();
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        http.close();
        gateway.close();
    }

    private static HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(gateway.url() + path))
                        .header("authorization", "Bearer " + RunningGateway.KEY)
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** The stream as far as it came: one with an error in it is cut by intent. Empty when there was no stream. */
    private static Optional<String> stream(String path, String body) throws IOException {
        String raw;
        try (RawClient client = RawClient.connect(gateway.port())) {
            raw = client.send("POST " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\nAuthorization: Bearer "
                            + RunningGateway.KEY + "\r\nContent-Type: application/json\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body)
                    .readToEnd();
        }
        if (!raw.startsWith("HTTP/1.1 200")) {
            return Optional.empty();
        }
        StringBuilder stream = new StringBuilder();
        int at = raw.indexOf("\r\n\r\n") + 4;
        while (at < raw.length()) {
            int line = raw.indexOf("\r\n", at);
            int size = Integer.parseInt(raw.substring(at, line), 16);
            stream.append(raw, line + 2, line + 2 + size);
            at = line + 2 + size + 2;
        }
        return Optional.of(stream.toString());
    }

    private static String chat(String model, String more) {
        return "{\"model\":\"" + model + "\"," + more
                + "\"messages\":[{\"role\":\"user\",\"content\":\"one two three four five\"}]}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo",
                "tool-calls-3",
                "thinking",
                "thinking+tool-calls-2",
                "keepalive-comments",
                "no-usage",
                "max-tokens",
                "interleaved-tool-calls",
                "refusal",
                "error-event-after-3",
                "eof-after-3-events",
                "cut-after-4-events"
            })
    void everyStream_keepsItsProtocolsRules(String script) throws Exception {
        for (String prefix : new String[] {"ant/", "gem/"}) {
            stream("/v1/chat/completions", chat(prefix + script, "\"stream\":true," + TOOLS_OPENAI))
                    .ifPresent(stream -> StreamInvariants.openAi(stream, false));
        }
        for (String prefix : new String[] {"sim/", "gem/"}) {
            stream("/v1/messages", chat(prefix + script, "\"stream\":true,\"max_tokens\":4096," + TOOLS_ANTHROPIC))
                    .ifPresent(StreamInvariants::anthropic);
        }
    }

    @ParameterizedTest
    @CsvSource({"ant/echo, n, '\"n\":5,'", "gem/echo, audio, '\"audio\":{\"voice\":\"x\",\"format\":\"wav\"},'"})
    void whatCannotBeExpressed_isRefusedAndNothingIsSent(String model, String field, String more) throws Exception {
        long before = asked();

        HttpResponse<String> answer = post("/v1/chat/completions", chat(model, more));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"param\":\"" + field + "\"");
        assertThat(asked()).isEqualTo(before);
    }

    /** What came from clients; probes of instances that are out come beside it. */
    private static long asked() {
        return gateway.simulator().requests().stream()
                .filter(request -> request.method().equals("POST"))
                .count();
    }

    @Test
    void whatIsWeakened_isSaid_orRefusedWhenStrict() throws Exception {
        HttpResponse<String> lenient = post("/v1/chat/completions", chat("ant/echo", "\"logit_bias\":{\"1\":2},"));
        HttpResponse<String> strict = post("/v1/chat/completions", chat("strict/echo", "\"logit_bias\":{\"1\":2},"));

        assertThat(lenient.statusCode()).isEqualTo(200);
        assertThat(lenient.headers().firstValue("x-gateway-warnings")).hasValue("dropped:logit_bias");
        assertThat(strict.statusCode()).isEqualTo(400);
        assertThat(strict.body()).contains("\"param\":\"logit_bias\"");
    }

    @Test
    void estimate_isMarked() throws Exception {
        HttpResponse<String> estimated = post("/v1/messages/count_tokens", chat("sim/echo", ""));
        HttpResponse<String> counted = post("/v1/messages/count_tokens", chat("gem/echo", ""));

        assertThat(estimated.headers().firstValue("x-gateway-estimated")).hasValue("true");
        assertThat(counted.headers().firstValue("x-gateway-estimated")).isEmpty();
        assertThat(counted.body()).startsWith("{\"input_tokens\":");
    }
}
