package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.simulator.RecordedRequest;
import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.OtlpReceiver;
import io.llmgateway.testing.OtlpReceiver.ReceivedSpan;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A trace goes through the gateway: from the client's span over the request's and the attempts' to the instance. */
class TracingTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CLIENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        http.close();
    }

    private static RunningGateway gateway(String tracing) {
        Simulator simulator = Simulator.start(SimulatorOptions.defaults());
        return RunningGateway.configured("""
                server: {port: 0}
                admin: {port: 0}
                keys: [{name: test, key: {env: CLIENT_KEY}}]
                providers:
                  openai:
                    type: openai
                    instances:
                      - {name: dead, base-url: "http://127.0.0.1:1/v1", priority: 1}
                      - {name: openai-a, base-url: "%1$s/v1", priority: 2, api-key: {env: PROVIDER_KEY}}
                  gemini:
                    type: gemini
                    instances: [{name: gemini-a, base-url: "%1$s", api-key: {env: PROVIDER_KEY}}]
                routing: {rules: {"gpt-": openai, "gem/*": gemini}}
                %2$s
                """.formatted(simulator.baseUri(), tracing), simulator);
    }

    private int ask(RunningGateway gateway, String model, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + RunningGateway.KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"" + model
                        + "\",\"messages\":[{\"role\":\"user\",\"content\":\"prompt canary\"}]}"));
        headers.forEach(request::header);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    @Test
    void withCollector_everySpanIsAChildOfTheOneBefore() throws Exception {
        try (OtlpReceiver collector = OtlpReceiver.start()) {
            RecordedRequest upstream;
            try (RunningGateway gateway = gateway("tracing: {endpoint: \"" + collector.uri() + "\"}")) {
                int status = ask(gateway, "gpt-5-mini", Map.of("traceparent", CLIENT, "tracestate", "vendor=1"));
                assertThat(status).isEqualTo(200);
                upstream = gateway.simulator().requests().getLast();
            }

            List<ReceivedSpan> spans = collector.spans();
            assertThat(spans).hasSize(3).allSatisfy(span -> {
                assertThat(span.trace()).isEqualTo(TRACE);
                assertThat(span.toString()).doesNotContain("canary");
            });
            ReceivedSpan request = spans.get(0);
            assertThat(request.parent()).isEqualTo("00f067aa0ba902b7");
            assertThat(request.attributes()).containsEntry("llmgateway.key", "test");
            assertThat(spans.get(1).parent()).isEqualTo(request.id());
            assertThat(spans.get(1).attributes())
                    .containsEntry("llmgateway.instance", "dead")
                    .containsEntry("error.type", "upstream_connect");
            assertThat(spans.get(2).parent()).isEqualTo(request.id());
            assertThat(spans.get(2).attributes()).containsKey("gen_ai.usage.input_tokens");
            assertThat(upstream.header("traceparent"))
                    .isEqualTo("00-" + TRACE + "-" + spans.get(2).id() + "-01");
            assertThat(upstream.header("tracestate")).isEqualTo("vendor=1");
        }
    }

    @Test
    void withoutCollector_theClientsContextIsPassedOnAsItCame() throws Exception {
        try (RunningGateway gateway = gateway("")) {
            ask(gateway, "gpt-5-mini", Map.of("traceparent", CLIENT, "tracestate", "vendor=1"));
            ask(gateway, "gem/echo", Map.of("traceparent", CLIENT));
            ask(gateway, "gpt-5-mini", Map.of("traceparent", CLIENT + "-x", "tracestate", "vendor=1"));
            ask(gateway, "gpt-5-mini", Map.of("tracestate", "vendor=1"));

            List<RecordedRequest> seen = gateway.simulator().requests();
            assertThat(seen)
                    .extracting(request -> request.header("traceparent") + "|" + request.header("tracestate"))
                    .containsExactly(CLIENT + "|vendor=1", CLIENT + "|", "|", "|");
        }
    }

    @Test
    void deadCollector_changesNothingForClients() throws Exception {
        try (RunningGateway gateway = gateway("tracing: {endpoint: \"http://127.0.0.1:1\"}")) {
            for (int i = 0; i < 20; i++) {
                assertThat(ask(gateway, "gpt-5-mini", Map.of())).isEqualTo(200);
            }
            assertThat(gateway.simulator().requests())
                    .allSatisfy(request ->
                            assertThat(request.header("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01"));
        }
    }
}
