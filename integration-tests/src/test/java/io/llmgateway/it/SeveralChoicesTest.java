package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream.Call;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several answers to one request, over real connections, from providers that give one at a time. */
class SeveralChoicesTest {
    static final int PATIENCE_SECONDS = 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    static String ask(int n, boolean stream) {
        String options = stream ? ",\"stream_options\":{\"include_usage\":true}" : "";
        return ScriptedGateway.request("m", stream).replace("{\"model\"", "{\"n\":" + n + options + ",\"model\"");
    }

    static void begin(Call call) throws IOException {
        call.write(ProviderAnswers.STREAM_HEAD);
        call.chunk(ProviderAnswers.ANTHROPIC_START + ProviderAnswers.anthropicDelta("begun " + call.number()));
    }

    private static void end(Call call) throws IOException {
        call.chunk(ProviderAnswers.ANTHROPIC_END);
        call.write(ProviderAnswers.LAST_CHUNK);
    }

    private static String error(int status, String type) {
        return ProviderAnswers.json(
                status, "{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"as scripted\"}}");
    }

    /** Waits until the gateway has left, and tells. */
    static void awaitGone(Call call, CountDownLatch gone) throws IOException {
        try {
            call.awaitGone();
        } finally {
            gone.countDown();
        }
    }

    static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("in time, %s left", latch.getCount())
                .isTrue();
    }

    private static String body(String response) {
        return response.substring(response.indexOf("\r\n\r\n") + 4);
    }

    @ParameterizedTest
    @CsvSource({"anthropic, false, 3", "anthropic, true, 4", "gemini, true, 2", "gemini, false, 1"})
    void client_getsOneAnswer_andOneRowInTheBooks(String type, boolean stream, int asked) throws Exception {
        int n = Math.max(2, asked);
        String yaml = """
                server: {port: 0}
                usage: {database: "%s/usage.db"}
                providers:
                  p: {type: %s, instances: [{name: one, base-url: "%%1$s"}]}
                routing: {default-provider: p}
                """.formatted(folder, type);
        try (ScriptedGateway gateway = ScriptedGateway.start(yaml, ProviderAnswers::serve);
                RawClient client = gateway.send(ScriptedGateway.CHAT, ask(n, stream))) {
            RawClient.Response answer = client.patience(PATIENCE_SECONDS).read();

            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(gateway.upstream(0).asked()).isEqualTo(asked);
            String total = "\"total_tokens\":" + 10 * asked;
            assertThat(answer.body()).containsOnlyOnce(total);
            for (int i = 0; i < asked; i++) {
                assertThat(answer.body()).contains("\"index\":" + i + ",");
            }
            if (stream) {
                assertThat(answer.body()).endsWith("data: [DONE]\n\n").containsOnlyOnce("[DONE]");
            } else {
                assertThat(JSON.readTree(answer.body()).path("choices")).hasSize(asked);
            }
            // the next request on the same connection finds it as it should be
            client.post(ScriptedGateway.CHAT, RunningGateway.KEY, ask(1, stream));
            assertThat(client.read().status()).isEqualTo(200);
            JsonNode row = usage(gateway);
            assertThat(row.path("output_tokens").asLong()).isEqualTo(3L * (asked + 1));
            assertThat(row.path("input_tokens").asLong()).isEqualTo(7L * (asked + 1));
            assertThat(row.path("estimated").asLong()).isZero();
        }
    }

    /** The one row of two requests, once both are written. */
    private static JsonNode usage(ScriptedGateway gateway) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        String page = gateway.admin("/usage");
        while (!page.contains("\"requests\":2")) {
            assertThat(System.nanoTime()).as(page).isLessThan(end);
            page = gateway.admin("/usage");
        }
        JsonNode found = JSON.readTree(page).findParent("output_tokens");
        assertThat(found).as(page).isNotNull();
        return found;
    }

    @Test
    void piecesOfStreams_goOutAsTheyCome_whoeverIsSlow() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        try (ScriptedGateway gateway = ScriptedGateway.one("anthropic", "", call -> {
                    begin(call);
                    if (call.number() == 1) {
                        await(slow);
                    } else {
                        call.chunk(ProviderAnswers.anthropicDelta("more"));
                    }
                    end(call);
                });
                RawClient client = gateway.send(ScriptedGateway.CHAT, ask(2, true))) {
            client.patience(PATIENCE_SECONDS).readHead();
            StringBuilder got = new StringBuilder();
            // which of them comes first is not said
            while (!(got.toString().contains("\"finish_reason\":\"stop\"")
                    && got.toString().contains("begun 1"))) {
                got.append(new String(client.readChunk(), StandardCharsets.UTF_8));
            }
            assertThat(got).contains("begun 2", "more").doesNotContain("[DONE]");
            slow.countDown();
            got.append(rest(client));
            assertThat(got.toString()).endsWith("data: [DONE]\n\n").containsOnlyOnce("\"total_tokens\":20");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneThatIsRefused_endsTheOthers_andTheClientIsToldAsByASingleOne(boolean stream) throws Exception {
        CountDownLatch asked = new CountDownLatch(3);
        CountDownLatch gone = new CountDownLatch(2);
        try (ScriptedGateway gateway = ScriptedGateway.one("anthropic", "", call -> {
            asked.countDown();
            await(asked);
            if (call.number() == 2) {
                call.write(error(400, "invalid_request_error"));
                return;
            }
            try {
                // the gateway may have left before it is begun
                if (stream) {
                    begin(call);
                }
                call.awaitGone();
            } finally {
                gone.countDown();
            }
        })) {
            String answer = gateway.ask(ScriptedGateway.CHAT, ask(3, stream));

            assertThat(answer)
                    .startsWith("HTTP/1.1 400 ")
                    .contains("as scripted")
                    .doesNotContain("begun");
            await(gone);
            assertThat(gateway.upstream(0).asked()).isEqualTo(3);
        }
    }

    @Test
    void oneThatFailsInTheMiddle_endsTheOthers_andTheStreamWithAnErrorEvent() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(2);
        try (ScriptedGateway gateway = ScriptedGateway.one("anthropic", "", call -> {
                    begin(call);
                    if (call.number() == 3) {
                        await(read);
                        call.chunk("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
                                + "\"message\":\"as scripted\"}}\n\n");
                    } else {
                        awaitGone(call, gone);
                    }
                });
                RawClient client = gateway.send(ScriptedGateway.CHAT, ask(3, true))) {
            String head = client.patience(PATIENCE_SECONDS).readHead();
            StringBuilder got = new StringBuilder();
            while (!got.toString().contains("begun 3")) {
                got.append(new String(client.readChunk(), StandardCharsets.UTF_8));
            }
            read.countDown();
            got.append(rest(client));

            assertThat(head).startsWith("HTTP/1.1 200 ");
            assertThat(got.toString()).contains("as scripted").endsWith("data: [DONE]\n\n");
            await(gone);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "true, true"})
    void clientThatLeaves_endsAll(boolean stream, boolean begun) throws Exception {
        CountDownLatch asked = new CountDownLatch(4);
        CountDownLatch gone = new CountDownLatch(4);
        try (ScriptedGateway gateway = ScriptedGateway.one("anthropic", "", call -> {
            if (begun) {
                begin(call);
            }
            asked.countDown();
            awaitGone(call, gone);
        })) {
            RawClient client = gateway.send(ScriptedGateway.CHAT, ask(4, stream));
            await(asked);
            if (begun) {
                assertThat(client.patience(PATIENCE_SECONDS).readHead()).startsWith("HTTP/1.1 200 ");
            }
            client.close();

            await(gone);
            assertThat(gateway.admin("/instances")).contains("\"instance\":\"one\",\"state\":\"closed\"");
        }
    }

    @Test
    void oneThatHasBegun_waitsForOneThatIsTriedAgain_longerThanItsOwnFirstTokenMayTake() throws Exception {
        List<Integer> hung = new ArrayList<>();
        String yaml = """
                server: {port: 0}
                providers:
                  p:
                    type: anthropic
                    timeouts: {first-token: 500ms}
                    instances: [{name: one, base-url: "%1$s"}, {name: two, base-url: "%2$s", weight: 0}]
                routing: {default-provider: p}
                """;
        try (ScriptedGateway gateway = ScriptedGateway.start(
                        yaml,
                        call -> {
                            if (call.number() == 2) {
                                synchronized (hung) {
                                    hung.add(call.number());
                                }
                                call.awaitGone();
                            }
                            begin(call);
                            end(call);
                        },
                        call -> {
                            begin(call);
                            end(call);
                        });
                RawClient client = gateway.send(ScriptedGateway.CHAT, ask(2, true))) {
            RawClient.Response answer = client.patience(PATIENCE_SECONDS).read();

            assertThat(answer.body())
                    .contains("\"index\":0,", "\"index\":1,")
                    .doesNotContain("error")
                    .endsWith("data: [DONE]\n\n");
            assertThat(hung).hasSize(1);
            assertThat(gateway.upstream(1).asked()).isEqualTo(1);
        }
    }

    @Test
    void strictConversion_asksAsOftenAsLenient() throws Exception {
        try (ScriptedGateway gateway =
                ScriptedGateway.one("anthropic", "conversion: strict, choices: {max: 16}", ProviderAnswers::serve)) {
            String answer = gateway.ask(ScriptedGateway.CHAT, ask(16, false));

            assertThat(answer).startsWith("HTTP/1.1 200 ").doesNotContain("x-gateway-warnings");
            assertThat(JSON.readTree(body(answer)).path("choices")).hasSize(16);
            assertThat(gateway.upstream(0).asked()).isEqualTo(16);
        }
    }

    static String rest(RawClient client) throws IOException {
        StringBuilder got = new StringBuilder();
        byte[] chunk = client.readChunk();
        while (chunk.length > 0) {
            got.append(new String(chunk, StandardCharsets.UTF_8));
            chunk = client.readChunk();
        }
        return got.toString();
    }
}
