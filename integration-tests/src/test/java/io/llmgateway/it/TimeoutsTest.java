package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.RawClient;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Providers that keep a request waiting in every way there is. */
class TimeoutsTest {
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        Simulator simulator = Simulator.start(SimulatorOptions.defaults());
        gateway = RunningGateway.configured("""
                server: {port: 0, idle-timeout: 1s}
                admin: {port: 0}
                keys: [{name: test, key: {env: CLIENT_KEY}}]
                upstream: {timeouts: {connect: 300ms, first-token: 500ms, idle: 700ms, total: 1500ms}}
                providers:
                  openai:
                    type: openai
                    circuit-breaker: {enabled: false}
                    instances: [{name: o, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}}]
                  anthropic:
                    type: anthropic
                    circuit-breaker: {enabled: false}
                    instances: [{name: a, base-url: "%1$s", api-key: {env: PROVIDER_KEY}}]
                routing: {rules: {"o/*": openai, "a/*": anthropic}}
                """.formatted(simulator.baseUri()), simulator);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource({
        "hang, true, 500, timeout_first_token",
        "headers-then-hang, true, 500, timeout_first_token",
        "pings-only, true, 500, timeout_first_token",
        "one-token-then-hang, true, 700, timeout_idle",
        "tokens-500-every-100ms, true, 1500, timeout_total",
        "hang, false, 1500, timeout_total"
    })
    void everyWait_endsAtItsLimit_withItsOwnCode(String script, boolean stream, long millis, String code)
            throws IOException {
        for (String provider : new String[] {"o/", "a/"}) {
            String body = "{\"model\":\"" + provider + script + "\",\"stream\":" + stream
                    + ",\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}]}";
            long begun = System.nanoTime();
            String answer;
            try (RawClient client = RawClient.connect(gateway.port())) {
                answer = client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
                                + "Authorization: Bearer " + RunningGateway.KEY
                                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                                + "\r\n\r\n" + body)
                        .readToEnd();
            }
            long took = Duration.ofNanos(System.nanoTime() - begun).toMillis();

            assertThat(answer).contains(code);
            assertThat(took).isBetween(millis - 50, millis + 450);
        }
    }

    @ParameterizedTest
    @CsvSource({"echo, false", "slow-whole-800ms, false", "tokens-12-every-100ms, true"})
    void idleClient_isClosed_howeverLongItsRequestTook(String script, boolean stream) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.post(
                    "/v1/chat/completions",
                    RunningGateway.KEY,
                    "{\"model\":\"o/" + script + "\",\"stream\":" + stream
                            + ",\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}]}");
            assertThat(client.read().status()).isEqualTo(200);

            assertThat(client.closedByPeer(Duration.ofSeconds(20))).isTrue();
        }
    }
}
