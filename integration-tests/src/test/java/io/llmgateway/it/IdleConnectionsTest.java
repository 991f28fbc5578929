package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.RawClient;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The wait for a request is what {@code idle-timeout} bounds, and nothing else. */
class IdleConnectionsTest {
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        gateway = RunningGateway.start("server: {port: 0, idle-timeout: 1s}");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static void ask(RawClient client, String model) throws IOException {
        client.post(
                "/v1/chat/completions",
                RunningGateway.KEY,
                "{\"model\":\"sim/" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
        assertThat(client.read().status()).isEqualTo(200);
    }

    @Test
    void requestThatTakesLonger_keepsItsConnection() throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            ask(client.patience(20), "slow-whole-6500ms");
            ask(client, "echo");
        }
    }

    @Test
    void connectionThatNeverAsks_andOneThatHasAsked_areClosed() throws IOException {
        try (RawClient silent = RawClient.connect(gateway.port());
                RawClient asked = RawClient.connect(gateway.port())) {
            ask(asked, "echo");
            assertThat(asked.closedByPeer(Duration.ofSeconds(20))).isTrue();
            assertThat(silent.closedByPeer(Duration.ofSeconds(20))).isTrue();
        }
    }
}
