package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.Eventually;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Five times as many requests as the instances can take. */
class OverloadTest {
    @Test
    void tooManyRequests_someAreServed_othersRefusedFast_healthAnswers() throws Exception {
        Simulator simulator = Simulator.start(SimulatorOptions.defaults());
        RunningGateway gateway = RunningGateway.configured("""
                server: {port: 0}
                admin: {port: 0}
                keys: [{name: test, key: {env: CLIENT_KEY}}]
                providers:
                  openai:
                    type: openai
                    balancing: {max-waiting: 8, max-wait: 10s}
                    instances: [{name: o, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}, max-concurrent: 8}]
                routing: {rules: {"o/*": openai}}
                """.formatted(simulator.baseUri()), simulator);
        int served = 0;
        int refused = 0;
        try (gateway;
                HttpClient http = HttpClient.newHttpClient();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> all = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                all.add(threads.submit(() -> send(http, gateway)));
            }
            HttpResponse<String> health = http.send(
                    HttpRequest.newBuilder(URI.create(gateway.url() + "/health"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(health.statusCode()).isEqualTo(200);
            for (Future<HttpResponse<String>> one : all) {
                HttpResponse<String> answer = one.get();
                if (answer.statusCode() == 200) {
                    served++;
                } else {
                    refused++;
                    assertThat(answer.statusCode()).isEqualTo(503);
                    assertThat(answer.headers().firstValue("retry-after")).hasValue("1");
                    assertThat(answer.body()).contains("\"overloaded\"");
                }
            }
            assertThat(send(http, gateway).statusCode()).isEqualTo(200);
            // the client has its answer a moment before the gateway has counted it
            Eventually.within(10, () -> gateway.gateway().inFlight() == 0);
        }
        assertThat(served).isGreaterThanOrEqualTo(16);
        assertThat(refused).isPositive();
    }

    private static HttpResponse<String> send(HttpClient http, RunningGateway gateway) {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/chat/completions"))
                            .header("authorization", "Bearer " + RunningGateway.KEY)
                            .header("content-type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"o/slow-whole-500ms\",\"messages\":"
                                    + "[{\"role\":\"user\",\"content\":\"hello\"}]}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
