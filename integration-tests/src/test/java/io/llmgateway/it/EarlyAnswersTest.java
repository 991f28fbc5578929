package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.RawClient;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An answer that comes before the body was read can be read by a client that sends its whole body first. */
class EarlyAnswersTest {
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        gateway = RunningGateway.start("server: {port: 0, memory: {budget: 4MiB, max-wait: 0s}}");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource({
        "wrong-key-0123456789abcdef, application/json, 401",
        "test-key-0123456789abcdef, application/json, 413",
        "test-key-0123456789abcdef, text/plain, 415"
    })
    void clientThatSendsFirst_readsTheRefusal(String key, String type, int status) throws Exception {
        byte[] body = "x".repeat(20 * 1024 * 1024).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 5; i++) {
            try (RawClient client = RawClient.connect(gateway.port())) {
                RawClient.Response answer = client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"
                                + "Authorization: Bearer " + key + "\r\nContent-Type: " + type + "\r\nContent-Length: "
                                + body.length + "\r\n\r\n")
                        .send(body)
                        .read();
                assertThat(answer.status()).isEqualTo(status);
                assertThat(answer.headers()).containsEntry("connection", "close");
                assertThat(client.closedByPeer(java.time.Duration.ofSeconds(5))).isTrue();
            }
        }
    }
}
