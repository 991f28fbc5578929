package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.BusyMachine;
import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What takes an instance out, and what happens to requests while it is out. */
class OutagesTest {
    private static final int MANY = 1_800;
    private static final ScriptedUpstream.Script DEAD = call -> call.write(ProviderAnswers.json(500, "{}"));

    private static String status(ScriptedGateway gateway, RawClient client) throws IOException {
        RawClient.Response answer = client.post(
                        ScriptedGateway.CHAT, RunningGateway.KEY, ScriptedGateway.request("m", false))
                .read();
        return answer.status() + " " + answer.headers().get("x-gateway-instance")
                + gateway.upstream(0).asked() * 0;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "balancing: {when-all-unhealthy: refuse},", "balancing: {when-all-unhealthy: wait},"})
    void deadPrimaryWithAFallback_isAskedAHandfulOfTimes_andNoRequestFails(String balancing) throws Exception {
        String yaml = """
                server: {port: 0}
                providers:
                  a: {type: openai, %s circuit-breaker: {open-duration: 1m}, instances: [{name: a1, base-url: "%%1$s"}]}
                  b: {type: openai, instances: [{name: b1, base-url: "%%2$s"}]}
                routing:
                  models:
                    m: {targets: [{provider: a, model: x}], fallbacks: [n]}
                    n: {targets: [{provider: b, model: y}]}
                """.formatted(balancing);
        try (ScriptedGateway gateway = ScriptedGateway.start(yaml, DEAD, ProviderAnswers::serve);
                RawClient client = gateway.connect()) {
            for (int i = 0; i < MANY; i++) {
                assertThat(status(gateway, client)).as("request %d", i).startsWith("200 b1");
            }

            assertThat(gateway.upstream(0).asked()).isBetween(1, 20);
            assertThat(gateway.upstream(1).asked()).isEqualTo(MANY);
        }
    }

    @Test
    void clientThatReadsSlowly_withAShortIdleTimeout_getsAll_andOpensNoBreaker() throws Exception {
        BusyMachine.unlessPaused(Duration.ofMillis(100), OutagesTest::readSlowly);
    }

    private static void readSlowly() throws Exception {
        String part = ProviderAnswers.openAiDelta("y".repeat(8_000));
        CountDownLatch cut = new CountDownLatch(1);
        try (ScriptedGateway gateway = ScriptedGateway.one("openai", "timeouts: {idle: 300ms}", call -> {
            try {
                call.write(ProviderAnswers.STREAM_HEAD);
                for (int i = 0; i < 4_000; i++) {
                    call.chunk(part);
                }
                call.chunk(ProviderAnswers.OPENAI_END);
                call.write(ProviderAnswers.LAST_CHUNK);
            } catch (IOException e) {
                cut.countDown();
                throw e;
            }
        })) {
            for (int i = 0; i < 3; i++) {
                try (RawClient client = gateway.send(ScriptedGateway.CHAT, ScriptedGateway.request("m", true))) {
                    assertThat(cut.await(1_200, TimeUnit.MILLISECONDS))
                            .as("the stream is cut while the client does not read")
                            .isFalse();
                    assertThat(client.read().body())
                            .endsWith("data: [DONE]\n\n")
                            .doesNotContain("error");
                }
            }
            assertThat(gateway.admin("/instances")).contains("\"closed\"").doesNotContain("\"open\"");
        }
    }

    @Test
    void trialOfAnInstance_endsWithItsFirstContent_notWithItsStream() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        ScriptedUpstream.Script recovering = call -> {
            int number = asked.incrementAndGet();
            if (number <= 3) {
                call.write(ProviderAnswers.json(500, "{}"));
            } else if (call.body().contains("\"stream\":true")) {
                call.write(ProviderAnswers.STREAM_HEAD);
                call.chunk(ProviderAnswers.openAiDelta("first"));
                assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
                call.chunk(ProviderAnswers.OPENAI_END);
                call.write(ProviderAnswers.LAST_CHUNK);
            } else {
                ProviderAnswers.serve(call);
            }
        };
        String yaml = """
                server: {port: 0}
                providers:
                  p:
                    type: openai
                    circuit-breaker: {open-duration: 100ms, max-open-duration: 100ms}
                    sticky: {enabled: false}
                    instances:
                      - {name: main, base-url: "%1$s", priority: 1}
                      - {name: spare, base-url: "%2$s", priority: 2}
                routing: {default-provider: p}
                """;
        try (ScriptedGateway gateway = ScriptedGateway.start(yaml, recovering, ProviderAnswers::serve);
                RawClient client = gateway.connect()) {
            for (int i = 0; i < 3; i++) {
                assertThat(status(gateway, client)).startsWith("200 spare");
            }
            String head = "";
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!head.contains("x-gateway-instance: main")) {
                assertThat(System.nanoTime()).as("main is tried again in time").isLessThan(end);
                try (RawClient stream = gateway.send(ScriptedGateway.CHAT, ScriptedGateway.request("m", true))) {
                    head = stream.readHead();
                    stream.readChunk();
                    if (head.contains("x-gateway-instance: main")) {
                        for (int i = 0; i < 20; i++) {
                            assertThat(status(gateway, client)).startsWith("200 main");
                        }
                        done.countDown();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"200", "408"})
    void bytesBehindAnAnswer_areNobodysAnswer_andBlameNobody(String kind) throws Exception {
        CountDownLatch said = new CountDownLatch(1);
        try (ScriptedGateway gateway = ScriptedGateway.one("openai", "", call -> {
                    if (call.number() == 1) {
                        String more = kind.equals("200")
                                ? ProviderAnswers.json(200, ProviderAnswers.openAi("SMUGGLED"))
                                : "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                        call.write(ProviderAnswers.json(200, ProviderAnswers.openAi("first")));
                        call.write(more);
                        call.socket().shutdownOutput();
                        said.countDown();
                        call.awaitGone();
                    }
                    ProviderAnswers.serve(call);
                });
                RawClient client = gateway.connect()) {
            String body = ScriptedGateway.request("m", false);
            assertThat(client.post(ScriptedGateway.CHAT, RunningGateway.KEY, body)
                            .read()
                            .body())
                    .contains("first");
            assertThat(said.await(10, TimeUnit.SECONDS)).isTrue();
            RawClient.Response second =
                    client.post(ScriptedGateway.CHAT, RunningGateway.KEY, body).read();

            assertThat(second.status()).isEqualTo(200);
            assertThat(second.body()).contains("\"ok\"").doesNotContain("SMUGGLED");
            assertThat(second.headers()).containsEntry("x-gateway-attempts", "1");
            assertThat(gateway.admin("/instances")).contains("\"closed\"").doesNotContain("\"open\"");
        }
    }

    @Test
    void blankLineBehindARequest_doesNotHideThatTheClientLeaves() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        try (ScriptedGateway gateway = ScriptedGateway.one("openai", "timeouts: {first-token: 30s}", call -> {
            asked.countDown();
            try {
                call.awaitGone();
            } finally {
                told.countDown();
            }
        })) {
            try (RawClient client = gateway.send(ScriptedGateway.CHAT, ScriptedGateway.request("m", true))) {
                assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
                // the watch begins after half a second
                assertThat(told.await(800, TimeUnit.MILLISECONDS)).isFalse();
                client.send("\r\n");
                assertThat(told.await(800, TimeUnit.MILLISECONDS)).isFalse();
            }
            assertThat(told.await(5, TimeUnit.SECONDS))
                    .as("the provider is told")
                    .isTrue();
        }
    }

    @Test
    void rateLimitOfGeminiPerMinute_isARateLimit_thatEndsWhenItSays() throws Exception {
        String refused =
                "{\"error\":{\"code\":429,\"message\":\"You exceeded your current quota, please check your plan"
                        + " and billing details.\",\"status\":\"RESOURCE_EXHAUSTED\",\"details\":[{\"@type\":"
                        + "\"type.googleapis.com/google.rpc.QuotaFailure\",\"violations\":[{\"quotaId\":"
                        + "\"GenerateRequestsPerMinutePerProjectPerModel-FreeTier\",\"quotaValue\":\"15\"}]},"
                        + "{\"@type\":"
                        + "\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"23s\"}]}}";
        try (ScriptedGateway gateway =
                ScriptedGateway.one("gemini", "", call -> call.write(ProviderAnswers.json(429, refused)))) {
            // the metrics are those of the process, with all its gateways
            List<String> before = billing(gateway);

            String answer = gateway.ask(ScriptedGateway.CHAT, ScriptedGateway.request("m", false));

            assertThat(answer).startsWith("HTTP/1.1 429").contains("rate_limit");
            assertThat(gateway.admin("/metrics")).contains("upstream_rate_limit");
            assertThat(billing(gateway)).isEqualTo(before);
        }
    }

    private static List<String> billing(ScriptedGateway gateway) throws IOException {
        return gateway.admin("/metrics")
                .lines()
                .filter(line -> line.contains("outcome=\"upstream_billing\""))
                .toList();
    }
}
