package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import io.llmgateway.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of models as people really give them, on their way through bodies, paths, header fields and metrics. */
class NamesTest {
    private static final String BETA = "context-1m-2025-08-07";
    private static final String CHAT =
            "{\"id\":\"c\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":"
                    + "{\"role\":\"assistant\",\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}";
    private static final String MESSAGE = "{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\","
            + "\"content\":[{\"type\":\"text\",\"text\":\"hi\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,"
            + "\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}";
    private static final String CANDIDATE =
            "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"hi\"}]},"
                    + "\"finishReason\":\"STOP\",\"index\":0}]}";

    private final List<ScriptedUpstream.Call> calls = new CopyOnWriteArrayList<>();
    private ScriptedGateway gateway;

    private ScriptedUpstream.Script saying(String body) {
        return call -> {
            calls.add(call);
            call.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
        };
    }

    @BeforeEach
    void start() throws IOException {
        gateway = ScriptedGateway.start("""
                        server: {port: 0, debug-headers: true}
                        metrics: {detailed: true}
                        providers:
                          chat: {type: openai, instances: [{name: c, base-url: "%1$s"}]}
                          claude: {type: anthropic, instances: [{name: a, base-url: "%2$s/v1/messages"}]}
                          google: {type: gemini, instances: [{name: g, base-url: "%3$s/v1beta/models"}]}
                        routing:
                          rules: {"claude-": claude, "g/": google, "gpt-": chat}
                          models:
                            path: {targets: [{provider: chat, model: "/models/Qwen3-32B"}]}
                            "Größter Helfer": {targets: [{provider: chat, model: "Mein \\"Modell\\""}]}
                            windows: {targets: [{provider: chat, model: "C:\\\\models\\\\phi.gguf"}]}
                            marked: {targets: [{provider: chat, model: "claude-opus-5[1m]"}]}
                            spaced: {targets: [{provider: google, model: "mein Modell/ü"}]}
                        """, saying(CHAT), saying(MESSAGE), saying(CANDIDATE));
    }

    @AfterEach
    void stop() throws IOException {
        gateway.close();
    }

    private String modelSeen() throws IOException {
        return Json.mapper().readTree(calls.getLast().body()).path("model").asText();
    }

    private RawClient.Response post(String path, String model, String more) throws IOException {
        byte[] body = ScriptedGateway.request(
                        Json.mapper().writeValueAsString(model).replaceAll("^\"|\"$", ""), false)
                .getBytes(StandardCharsets.UTF_8);
        try (RawClient client = gateway.connect()) {
            return client.send("POST " + path + " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + RunningGateway.KEY
                            + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n" + more
                            + "\r\n")
                    .send(body)
                    .read();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "path | /models/Qwen3-32B",
                "Größter Helfer | Mein \"Modell\"",
                "windows | C:\\models\\phi.gguf",
                "marked | claude-opus-5[1m]",
                "gpt-mein Modell | gpt-mein Modell"
            })
    void nameOfATarget_reachesTheProviderAsItIs(String asked, String model) throws IOException {
        assertThat(post(ScriptedGateway.CHAT, asked, "").status()).isEqualTo(200);
        assertThat(modelSeen()).isEqualTo(model);

        // the same on a way that is converted
        assertThat(post(ScriptedGateway.MESSAGES, asked, "").status()).isEqualTo(200);
        assertThat(modelSeen()).isEqualTo(model);
        assertThat(gateway.admin("/metrics")).contains("gateway_requests_total");
    }

    @ParameterizedTest
    @CsvSource({"spaced, mein%20Modell/%C3%BC", "g/x[1m], g/x", "g/a b, g/a%20b", "g/ä, g/%C3%A4"})
    void nameInAPath_isEncoded(String asked, String segment) throws IOException {
        RawClient.Response response = post(ScriptedGateway.CHAT, asked, "");

        assertThat(response.status()).as(response.body()).isEqualTo(200);
        assertThat(calls.getLast().line()).isEqualTo("POST /v1beta/models/" + segment + ":generateContent HTTP/1.1");
    }

    @ParameterizedTest
    @CsvSource({"g/../x", "g/x:countTokens", "g/x?key=1", "g/x%2F..%2Fy", "g//x"})
    void nameInAPath_thatLeadsElsewhere_isRefused(String asked) throws IOException {
        assertThat(post(ScriptedGateway.CHAT, asked, "").status()).isEqualTo(400);
        assertThat(calls).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/messages | '' | " + BETA,
                "/v1/messages | fine-grained-tool-streaming-2025-05-14 | fine-grained-tool-streaming-2025-05-14,"
                        + BETA,
                "/v1/messages | x," + BETA + " | x," + BETA,
                "/v1/chat/completions | '' | " + BETA
            })
    void markerOfALongContext_asksAnthropicForIt(String path, String beta, String sent) throws IOException {
        String field = beta.isEmpty() ? "" : "anthropic-beta: " + beta + "\r\n";
        RawClient.Response response = post(path, "claude-opus-5[1m]", field);

        assertThat(response.status()).as(response.body()).isEqualTo(200);
        assertThat(modelSeen()).isEqualTo("claude-opus-5");
        assertThat(calls.getLast().headers()).containsEntry("anthropic-beta", sent);
        assertThat(calls.getLast().line()).isEqualTo("POST /v1/messages HTTP/1.1");
    }

    @Test
    void nameWithoutAMarker_asksForNothing() throws IOException {
        assertThat(post(ScriptedGateway.MESSAGES, "claude-opus-5", "").status()).isEqualTo(200);
        assertThat(calls.getLast().headers()).doesNotContainKey("anthropic-beta");
    }

    @Test
    void markerOfALongContext_elsewhere_isDroppedWithAWarning() throws IOException {
        for (String path : List.of(ScriptedGateway.CHAT, ScriptedGateway.MESSAGES)) {
            RawClient.Response response = post(path, "gpt-x[1m]", "");

            assertThat(response.status()).isEqualTo(200);
            assertThat(modelSeen()).isEqualTo("gpt-x");
            assertThat(calls.getLast().headers()).doesNotContainKey("anthropic-beta");
            assertThat(response.headers().get("x-gateway-warnings")).contains("dropped:model[1m]");
        }
    }
}
