package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.Eventually;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.StreamInvariants;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three instances of which one is healthy: clients must not notice the others. */
class FailoverTest {
    private static final List<String> FAULTS = List.of(
            "reset-before-head",
            "close-before-head",
            "status-500",
            "status-503",
            "status-429-retry-after-1",
            "status-529",
            "error-body-200",
            "error-event-first",
            "empty-stream",
            "empty-body",
            "headers-then-hang",
            "malformed-json",
            "cut-after-1-events");
    private static final int REQUESTS = 1_000;

    private final Simulator first = Simulator.start(SimulatorOptions.defaults());
    private final Simulator second = Simulator.start(SimulatorOptions.defaults());
    private final Simulator healthy = Simulator.start(SimulatorOptions.defaults());
    private final HttpClient http = HttpClient.newHttpClient();
    private RunningGateway gateway = RunningGateway.configured(configuration(), healthy);

    private String configuration() {
        return """
                server: {port: 0}
                admin: {port: 0}
                keys: [{name: test, key: {env: CLIENT_KEY}}]
                upstream: {timeouts: {first-token: 600ms}}
                providers:
                  openai:
                    type: openai
                    retries: {budget-percent: 100}
                    circuit-breaker: {enabled: false, max-cooldown: 0s}
                    instances:
                      - {name: o1, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}}
                      - {name: o2, base-url: "%2$s/v1", api-key: {env: PROVIDER_KEY}}
                      - {name: o3, base-url: "%3$s/v1", api-key: {env: PROVIDER_KEY}}
                  anthropic:
                    type: anthropic
                    retries: {budget-percent: 100}
                    instances:
                      - {name: a1, base-url: "%1$s", api-key: {env: PROVIDER_KEY}}
                      - {name: a2, base-url: "%2$s", api-key: {env: PROVIDER_KEY}}
                      - {name: a3, base-url: "%3$s", api-key: {env: PROVIDER_KEY}}
                  ordered:
                    type: openai
                    instances:
                      - {name: p1, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}, priority: 1}
                      - {name: p2, base-url: "%3$s/v1", api-key: {env: PROVIDER_KEY}, priority: 2}
                routing: {rules: {"o/*": openai, "a/*": anthropic, "p/*": ordered}}
                """.formatted(first.baseUri(), second.baseUri(), healthy.baseUri());
    }

    @BeforeEach
    void start() {
        assertThat(gateway.port()).isPositive();
    }

    @AfterEach
    void stop() {
        http.close();
        gateway.close();
        first.close();
        second.close();
    }

    private HttpResponse<String> post(String path, String model, boolean stream) throws Exception {
        String body = "{\"model\":\"" + model + "\",\"max_tokens\":50,\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"one two three four\"}]}";
        return http.send(
                HttpRequest.newBuilder(URI.create(gateway.url() + path))
                        .timeout(Duration.ofSeconds(20))
                        .header("authorization", "Bearer " + RunningGateway.KEY)
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** What went wrong with a request; empty when nothing did. */
    private String problem(int number) {
        boolean messages = number % 2 == 0;
        boolean stream = number / 2 % 2 == 0;
        // across protocols as well: an OpenAI client at an Anthropic provider and the other way round
        String model = (number / 4 % 2 == 0) == messages ? "a/echo" : "o/echo";
        try {
            HttpResponse<String> answer = post(messages ? "/v1/messages" : "/v1/chat/completions", model, stream);
            boolean whole = stream || answer.body().contains("four");
            if (answer.statusCode() != 200 || !whole || answer.body().contains("error")) {
                return answer.statusCode() + " " + answer.body();
            }
            if (stream && messages) {
                StreamInvariants.anthropic(answer.body());
            } else if (stream) {
                StreamInvariants.openAi(answer.body(), false);
            }
            return "";
        } catch (Exception | AssertionError e) {
            return e.toString();
        }
    }

    @Test
    void thousandRequests_halfOfThemHittingFaults_noneFails() throws Exception {
        Random random = new Random(Long.getLong("seed", 42));
        for (int i = 0; i < REQUESTS; i++) {
            first.script(FAULTS.get(random.nextInt(FAULTS.size())), 1);
            second.script(FAULTS.get(random.nextInt(FAULTS.size())), 1);
        }
        Semaphore atOnce = new Semaphore(24);
        List<String> problems = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> all = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                int number = i;
                atOnce.acquire();
                all.add(threads.submit(() -> {
                    try {
                        return problem(number);
                    } finally {
                        atOnce.release();
                    }
                }));
            }
            for (Future<String> one : all) {
                if (!one.get().isEmpty()) {
                    problems.add(one.get());
                }
            }
        }
        assertThat(problems).isEmpty();
        assertThat(first.requests().size() + second.requests().size()).isGreaterThan(300);
        // a client has its answer a moment before the gateway has counted it
        Eventually.within(10, () -> gateway.gateway().inFlight() == 0);
        HttpResponse<String> instances = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.adminPort() + "/instances"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(instances.body()).contains("\"queued\":0").contains("\"in_flight\":0");
        assertThat(instances.body()).doesNotContain("\"in_flight\":1");
    }

    @Test
    void cutAfterContent_isTheClientsError_andNobodyElseIsAsked() throws Exception {
        first.script("cut-after-4-events", 1);

        RawClient.Response response;
        try (RawClient client = RawClient.connect(gateway.port())) {
            response = client.post(
                            "/v1/chat/completions",
                            RunningGateway.KEY,
                            "{\"model\":\"p/echo\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":"
                                    + "\"one two three four five six\"}]}")
                    .read();
        }

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).contains("\"content\":\"").endsWith("\n\ndata: [DONE]\n\n");
        // the error is the last thing the stream says before its proper end
        String said = response.body().substring(0, response.body().lastIndexOf("data: "));
        assertThat(said.substring(said.lastIndexOf("data: "))).startsWith("data: {\"error\":{");
        assertThat(healthy.requests()).isEmpty();
    }
}
