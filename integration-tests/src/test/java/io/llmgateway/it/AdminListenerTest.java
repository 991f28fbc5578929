package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.RawClient;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the admin listener says to somebody without its key. */
class AdminListenerTest {
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        Simulator simulator = Simulator.start(SimulatorOptions.defaults());
        gateway = RunningGateway.configured("""
                server: {port: 0}
                admin: {port: 0, key: {env: OTHER_KEY}}
                keys: [{name: test, key: {env: CLIENT_KEY}}]
                providers:
                  openai: {type: openai, instances: [{name: o, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}}]}
                """.formatted(simulator.baseUri()), simulator);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static RawClient.Response ask(String method, String path) throws IOException {
        try (RawClient client = RawClient.connect(gateway.adminPort())) {
            return client.send(method + " " + path + " HTTP/1.1\r\nHost: gateway.internal\r\n\r\n")
                    .read();
        }
    }

    @Test
    void health_needsNoKey() throws IOException {
        RawClient.Response answer = ask("GET", "/health");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"status\":\"up\"}");
        assertThat(ask("POST", "/health").status()).isEqualTo(405);
    }

    @ParameterizedTest
    @CsvSource({"GET, /metrics", "GET, /instances", "POST, /reload", "POST, /drain", "GET, /config/status"})
    void everythingElse_needsTheKey_andSaysSo(String method, String path) throws IOException {
        RawClient.Response answer = ask(method, path);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.headers()).containsEntry("www-authenticate", "Bearer");
    }

    @ParameterizedTest
    @CsvSource({"*, 'GET, HEAD, POST, OPTIONS'", "/metrics, 'GET, HEAD, OPTIONS'", "/reload, 'POST, OPTIONS'"})
    void options_sayWhatAPathTakes(String path, String methods) throws IOException {
        RawClient.Response answer = ask("OPTIONS", path);

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.headers()).containsEntry("allow", methods);
    }
}
