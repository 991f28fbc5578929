package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.simulator.RecordedRequest;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.RawClient.Response;
import io.llmgateway.testing.StreamInvariants;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests and answers between equal protocols: byte for byte, event by event, at once. */
class RelayTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String MESSAGES = "/v1/messages";

    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        gateway = RunningGateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void forget() {
        gateway.simulator().clear();
    }

    private static Response post(String path, String body) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.post(path, RunningGateway.KEY, body).read();
        }
    }

    private static String ask(String model, boolean stream, String more) {
        return "{\"model\":\"" + model + "\",\"max_tokens\":64,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]"
                + (stream ? ",\"stream\":true" : "") + more + "}";
    }

    @Test
    void body_generated_arrivesUnchanged() throws IOException {
        long seed = Long.getLong("seed", 20_261_127L);
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            gateway.simulator().clear();
            String sent = generated(random);

            post(CHAT, sent);

            List<RecordedRequest> seen = posted();
            assertThat(seen).as("seed %d", seed).hasSize(1);
            assertThat(seen.getFirst().body()).as("seed %d", seed).isEqualTo(sent.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String generated(Random random) {
        List<String> fields = new ArrayList<>(List.of(
                "\"model\" : \"gpt-\\u0035-mini\"",
                "\"messages\":[ {\"role\":\"user\",\"content\":\"a\\n\\u00e9 \\\"model\\\": 世界 👋\"} ]",
                "\"x_unknown\":{\"model\":\"inner\",\"n\":[1.0,1e400,-0,12345678901234567890123]}",
                "\"temperature\" :0.10",
                "\"metadata\":{\"a\":\"b\"}",
                "\"stop\":null",
                "\"z\":[[],{},\"\",true,false]"));
        for (int i = 0; i < random.nextInt(5); i++) {
            fields.add("\"f" + i + "\":\"" + "y".repeat(random.nextInt(2_000)) + "\"");
        }
        java.util.Collections.shuffle(fields, random);
        String space = " \n\t".substring(random.nextInt(3));
        return "{" + space + String.join("," + space, fields) + space + "}" + space;
    }

    @Test
    void alias_changesTheModelAndNothingElse() throws IOException {
        post(CHAT, "{ \"a\":1.0, \"model\":\"fast\" ,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");

        assertThat(posted().getFirst().bodyText())
                .isEqualTo(
                        "{ \"a\":1.0, \"model\":\"gpt-5-mini\" ,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",\"stream_options\":null",
                ",\"stream_options\":{}",
                ",\"stream_options\":{\"include_obfuscation\":false}",
                ",\"stream_options\":{\"include_usage\":false}"
            })
    void usage_notAskedFor_isAskedUpstreamAndHidden(String options) throws IOException {
        Response response = post(CHAT, ask("gpt-5-mini", true, options));

        assertThat(posted().getFirst().bodyText()).contains("\"include_usage\":true");
        StreamInvariants.openAi(response.body(), false);
        assertThat(response.body()).doesNotContain("usage").endsWith("data: [DONE]\n\n");
    }

    @Test
    void usage_askedFor_isShown() throws IOException {
        Response response = post(CHAT, ask("gpt-5-mini", true, ",\"stream_options\":{\"include_usage\":true}"));

        StreamInvariants.openAi(response.body(), true);
        assertThat(response.body()).contains("\"prompt_tokens\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo",
                "thinking",
                "tool-call",
                "tool-calls-3",
                "refusal",
                "max-tokens",
                "no-usage",
                "cached-100",
                "keepalive-comments",
                "interleaved-tool-calls",
                "bytes-100000",
                "tokens-200-every-0ms"
            })
    void stream_ofEveryKind_keepsItsRules(String script) throws IOException {
        StreamInvariants.openAi(post(CHAT, ask("sim/" + script, true, "")).body(), false);
        StreamInvariants.anthropic(
                post(MESSAGES, ask("ant/" + script, true, "")).body());
        assertThat(post(CHAT, ask("sim/" + script, false, "")).status()).isEqualTo(200);
        assertThat(post(MESSAGES, ask("ant/" + script, false, "")).status()).isEqualTo(200);
    }

    @Test
    void stream_brokenAfterContent_endsInAnErrorEvent() throws IOException {
        for (String script : List.of("cut-after-4-events", "eof-after-4-events", "error-event-after-4")) {
            String openai = toEnd(CHAT, ask("sim/tokens-20-every-20ms+" + script, true, ""));
            assertThat(openai).contains("data: {\"error\":{").endsWith("}}\n\ndata: [DONE]\n\n");

            String anthropic = toEnd(MESSAGES, ask("ant/tokens-20-every-20ms+" + script, true, ""));
            assertThat(anthropic).contains("event: error\ndata: ").doesNotContain("message_stop");
        }
    }

    /** The whole body: a stream that broke has its proper ending behind the error. */
    private static String toEnd(String path, String body) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.post(path, RunningGateway.KEY, body).read().body();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"empty-stream", "error-event-first", "error-body-200", "reset-before-head", "status-503"})
    void stream_brokenBeforeContent_isAnHttpError(String script) throws IOException {
        assertThat(post(CHAT, ask("sim/" + script, true, "")).status()).isIn(500, 502, 503);
        assertThat(post(MESSAGES, ask("ant/" + script, true, "")).status()).isIn(502, 503, 529);
    }

    @Test
    void stream_arrivesAsItIsProduced() throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.post(CHAT, RunningGateway.KEY, ask("sim/tokens-20-every-50ms", true, ""));
            client.readHead();
            long last = System.nanoTime();
            int apart = 0;
            byte[] chunk = client.readChunk();
            while (chunk.length > 0) {
                long now = System.nanoTime();
                apart += now - last > 25_000_000L ? 1 : 0;
                last = now;
                chunk = client.readChunk();
            }
            assertThat(apart).as("chunks that came apart").isGreaterThanOrEqualTo(15);
        }
    }

    @Test
    void headers_upstream_areAListAndNeverTheClientsKey() throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            String body = ask("gpt-5-mini", false, "");
            client.send("POST " + CHAT + " HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + RunningGateway.KEY
                    + "\r\nContent-Type: application/json\r\nCookie: secret=1\r\nX-Forwarded-For: 1.2.3.4\r\n"
                    + "OpenAI-Beta: assistants=v2\r\nX-Custom-Host: http://evil\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body);
            assertThat(client.read().status()).isEqualTo(200);
        }

        RecordedRequest seen = posted().getFirst();

        assertThat(seen.headers().keySet())
                .containsExactlyInAnyOrder(
                        "host",
                        "content-type",
                        "accept",
                        "accept-encoding",
                        "user-agent",
                        "authorization",
                        "content-length",
                        "openai-beta");
        assertThat(seen.header("authorization")).isEqualTo("Bearer " + RunningGateway.PROVIDER_KEY);
        assertThat(seen.headers().toString()).doesNotContain(RunningGateway.KEY);
    }

    @Test
    void client_leavingMidStream_stopsTheProvider() throws IOException {
        int aborted = gateway.simulator().streams().aborted();
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.post(CHAT, RunningGateway.KEY, ask("sim/tokens-1000-every-20ms", true, ""));
            client.readHead();
            client.readChunk();
        }

        gateway.simulator().awaitStreams(streams -> streams.aborted() > aborted, Duration.ofSeconds(3));
    }

    @Test
    void metrics_showTheRequests() throws IOException {
        post(CHAT, ask("gpt-5-mini", false, ""));
        post(MESSAGES, ask("claude-sonnet-4-5", true, ""));

        try (RawClient client = RawClient.connect(gateway.adminPort())) {
            String text = client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .read()
                    .body();
            assertThat(text)
                    .contains("gateway_requests_total{outcome=\"ok\",protocol=\"openai-chat\"")
                    .contains("gateway_requests_total{outcome=\"ok\",protocol=\"anthropic-messages\"")
                    .contains("gateway_tokens_total{kind=\"output\",provider=\"openai\"")
                    .contains("gateway_time_to_first_token_seconds_bucket")
                    .contains("gateway_upstream_connections{instance=\"openai-a\"");
        }
    }

    /** What came from clients; probes of instances and questions for their models come beside it. */
    private static List<RecordedRequest> posted() {
        return gateway.simulator().requests().stream()
                .filter(request -> request.method().equals("POST"))
                .toList();
    }
}
