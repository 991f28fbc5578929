package io.llmgateway.it;

import static io.llmgateway.it.SeveralChoicesTest.PATIENCE_SECONDS;
import static io.llmgateway.it.SeveralChoicesTest.ask;
import static io.llmgateway.it.SeveralChoicesTest.await;
import static io.llmgateway.it.SeveralChoicesTest.awaitGone;
import static io.llmgateway.it.SeveralChoicesTest.begin;
import static io.llmgateway.it.SeveralChoicesTest.rest;
import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several answers to one request when time, places or the configuration change under them. */
class SeveralChoicesBoundsTest {
    private static final String ADMIN = "admin-key-0123456789abcdefgh";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"false, total: 700ms", "true, total: 700ms", "true, idle: 500ms"})
    void oneThatHangs_endsAllWithItsTime(boolean stream, String timeout) throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        try (ScriptedGateway gateway = ScriptedGateway.one("anthropic", "timeouts: {" + timeout + "}", call -> {
                    if (call.number() == 2) {
                        if (stream) {
                            begin(call);
                        }
                        awaitGone(call, gone);
                    } else {
                        ProviderAnswers.serve(call);
                    }
                });
                RawClient client = gateway.send(ScriptedGateway.CHAT, ask(3, stream))) {
            client.patience(PATIENCE_SECONDS);
            if (stream) {
                assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
                assertThat(rest(client))
                        .contains("begun 2", "\"error\":")
                        .doesNotContain("total_tokens")
                        .endsWith("data: [DONE]\n\n");
            } else {
                RawClient.Response answer = client.read();
                assertThat(answer.status()).as(answer.body()).isEqualTo(504);
            }
            await(gone);
            assertThat(gateway.upstream(0).asked()).isEqualTo(3);
        }
    }

    @Test
    void instanceThatTakesOneAtATime_givesWholeAnswersOneByOne_andNoStreamsThatWaitForEachOther() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        String yaml = """
                server: {port: 0}
                providers:
                  p:
                    type: anthropic
                    balancing: {max-wait: 400ms}
                    instances: [{name: one, base-url: "%1$s", max-concurrent: 1}]
                routing: {default-provider: p}
                """;
        try (ScriptedGateway gateway = ScriptedGateway.start(yaml, call -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            try {
                ProviderAnswers.serve(call);
            } finally {
                now.decrementAndGet();
            }
        })) {
            assertThat(gateway.ask(ScriptedGateway.CHAT, ask(4, false))).startsWith("HTTP/1.1 200 ");
            assertThat(most.get()).isEqualTo(1);
            assertThat(gateway.upstream(0).asked()).isEqualTo(4);

            // two streams at once will never fit: nobody is asked
            assertThat(gateway.ask(ScriptedGateway.CHAT, ask(2, true)))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("\"param\":\"n\"", "'n' must be at most 1 in a stream", "max-concurrent")
                    .containsIgnoringCase("x-should-retry: false");
            assertThat(gateway.upstream(0).asked()).isEqualTo(4);
            assertThat(gateway.ask(ScriptedGateway.CHAT, ask(1, true))).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void reloadInBetween_changesNothingForAnswersUnderWay() throws Exception {
        CountDownLatch asked = new CountDownLatch(3);
        CountDownLatch reloaded = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.start(call -> {
            asked.countDown();
            await(reloaded);
            ProviderAnswers.serve(call);
        })) {
            Path file = Files.writeString(folder.resolve("gateway.yaml"), yaml(upstream, "one", 3));
            try (RunningGateway gateway =
                            RunningGateway.reloadable(file, Simulator.start(SimulatorOptions.defaults()));
                    RawClient client = RawClient.connect(gateway.port()).patience(PATIENCE_SECONDS);
                    RawClient next = RawClient.connect(gateway.port()).patience(PATIENCE_SECONDS)) {
                client.post(ScriptedGateway.CHAT, RunningGateway.KEY, ask(3, true));
                await(asked);
                // another instance, and none of it any more
                Files.writeString(file, yaml(upstream, "two", 1));
                try (RawClient admin = RawClient.connect(gateway.adminPort())) {
                    String answer = admin.patience(PATIENCE_SECONDS)
                            .send("POST /reload HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + ADMIN
                                    + "\r\nContent-Length: 0\r\n\r\n")
                            .read()
                            .body();
                    assertThat(answer).contains("\"applied\":true");
                }
                reloaded.countDown();

                assertThat(client.read().body())
                        .contains("\"index\":2,", "\"total_tokens\":30")
                        .endsWith("data: [DONE]\n\n");
                next.post(ScriptedGateway.CHAT, RunningGateway.KEY, ask(3, true));
                assertThat(next.read().body()).contains("providers.p.choices.max is 1");
                assertThat(upstream.asked()).isEqualTo(3);
            }
        }
    }

    private static String yaml(ScriptedUpstream upstream, String instance, int most) {
        return """
                admin: {port: 0, key: "%s"}
                server: {port: 0}
                reload: {watch: false}
                keys: [{name: test, key: {env: CLIENT_KEY}}]
                providers:
                  p: {type: anthropic, choices: {max: %d}, instances: [{name: %s, base-url: "%s"}]}
                routing: {default-provider: p}
                """.formatted(ADMIN, most, instance, upstream.url());
    }
}
