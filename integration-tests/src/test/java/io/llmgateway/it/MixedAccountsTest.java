package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.Eventually;
import io.llmgateway.testing.RawClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten thousand requests of every kind: both protocols, whole and streamed, relayed and converted, failed over, refused
 * upstream and here, cut, left by their clients before and after the first content, without numbers from the provider.
 * Afterwards the metrics, the database, the limits and the provider agree on every token.
 */
class MixedAccountsTest {
    private static final int REQUESTS = 10_000;
    private static final int AT_ONCE = 64;
    private static final int KINDS = 20;
    private static final long TOKENS_PER_DAY = 900_000_000L;

    @TempDir
    Path folder;

    private final AtomicInteger limited = new AtomicInteger();
    private final HttpClient http = HttpClient.newHttpClient();
    private RunningGateway gateway;

    @AfterEach
    void stop() {
        gateway.close();
        http.close();
    }

    private static String yaml(String simulator, Path folder) {
        return """
                server: {port: 0}
                admin: {port: 0}
                usage: {database: "%2$s/usage.db"}
                groups: [{name: mixed-team, limits: {tokens-per-day: 900m}}]
                keys:
                  - {name: mixed, key: {env: CLIENT_KEY}, group: mixed-team, limits: {concurrent: 500}}
                  - {name: mixed-narrow, key: {env: OTHER_KEY}, group: mixed-team, limits: {requests-per-minute: 5}}
                providers:
                  mixed-openai:
                    type: openai
                    circuit-breaker: {enabled: false}
                    instances: [{name: mo, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}}]
                  mixed-anthropic:
                    type: anthropic
                    circuit-breaker: {enabled: false}
                    instances: [{name: ma, base-url: "%1$s", api-key: {env: PROVIDER_KEY}}]
                  mixed-gemini:
                    type: gemini
                    instances: [{name: mg, base-url: "%1$s", api-key: {env: PROVIDER_KEY}}]
                  mixed-half:
                    type: openai
                    circuit-breaker: {enabled: false}
                    retries: {budget-percent: 100}
                    instances:
                      - {name: mdead, base-url: "http://127.0.0.1:1/v1", priority: 1}
                      - {name: mgood, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}, priority: 2}
                  # a second one, since the requests that fail over would use up the budget of retries of one provider
                  mixed-half-too:
                    type: openai
                    circuit-breaker: {enabled: false}
                    retries: {budget-percent: 100}
                    instances:
                      - {name: mdead-too, base-url: "http://127.0.0.1:1/v1", priority: 1}
                      - {name: mgood-too, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}, priority: 2}
                routing:
                  rules: {"sim/*": mixed-openai, "ant/*": mixed-anthropic, "gem/*": mixed-gemini, "half/*": mixed-half,
                          "too/*": mixed-half-too}
                """.formatted(simulator, folder);
    }

    @Test
    @Timeout(180)
    void everyTokenIsTheSame_inMetricsDatabaseLimits_andAtTheProvider() throws Exception {
        Simulator simulator = Simulator.start(SimulatorOptions.defaults());
        gateway = RunningGateway.configured(yaml(simulator.baseUri().toString(), folder), simulator);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Semaphore places = new Semaphore(AT_ONCE);
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                int number = i;
                places.acquire();
                all.add(threads.submit(() -> {
                    try {
                        send(number);
                    } finally {
                        places.release();
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
            int admitted = REQUESTS - limited.get();
            Eventually.within(30, () -> count("count(*)", "1") == admitted);
            Eventually.within(30, () -> gateway.gateway().inFlight() == 0);

            assertThat(count("count(DISTINCT request_id)", "1")).isEqualTo(admitted);
            assertThat(count("sum(output)", "estimated = 0"))
                    .as("complete ones: the provider's own count")
                    .isEqualTo(simulator.tokensProduced().output());
            assertThat(count("sum(input + cache_read + cache_write)", "estimated = 0"))
                    .isEqualTo(simulator.tokensProduced().input());
            assertThat(count("count(*)", "estimated = 1")).isGreaterThan(REQUESTS / KINDS);
            assertThat(count("count(*)", "ended = 'client_gone' AND estimated = 0"))
                    .isZero();
            metricsAgree();
            long used = count("sum(input + cache_read + cache_write + output)", "1");
            String limits = page("/limits");
            assertThat(number(limits, "group 'mixed-team'", "remaining")).isEqualTo(TOKENS_PER_DAY - used);
            assertThat(number(limits, "key 'mixed'", "remaining")).as("places").isEqualTo(500);
        }
    }

    private void metricsAgree() throws Exception {
        String metrics = page("/metrics");
        for (String kind : List.of("input", "cache_read", "output", "reasoning")) {
            long stored = count("sum(" + kind + ")", "1");
            assertThat(sum(metrics, "gateway_tokens_total", "provider=\"mixed-", "kind=\"" + kind + "\""))
                    .as(kind)
                    .isEqualTo(stored);
            assertThat(sum(metrics, "gateway_key_tokens_total", "key=\"mixed", "kind=\"" + kind + "\""))
                    .as("%s by key", kind)
                    .isEqualTo(stored);
        }
        assertThat(sum(metrics, "gateway_key_requests_total", "key=\"mixed", "result=\"ok\""))
                .isEqualTo(count("count(*)", "ended = 'ok'"));
        assertThat(sum(metrics, "gateway_key_requests_total", "key=\"mixed", "result=\"refused\""))
                .isEqualTo(limited.get());
    }

    private void send(int number) throws IOException, InterruptedException {
        boolean chat = (number / KINDS) % 2 == 0;
        boolean stream = (number / KINDS) % 4 < 2;
        String path = chat ? "/v1/chat/completions" : "/v1/messages";
        String target = List.of("sim/", "ant/", "gem/").get((number / KINDS) % 3);
        switch (number % KINDS) {
            case 0 -> complete(path, "half/echo", stream, RunningGateway.KEY);
            case 1 -> complete(path, "too/tool-calls-1", stream, RunningGateway.KEY);
            case 2 -> status(path, target + "status-400", stream);
            case 3 -> status(path, target + "status-500", stream);
            case 4 -> cut(path, target + "cut-after-3-events");
            case 5 -> leave(path, target + "tokens-400-every-20ms", true);
            case 6 -> leave(path, target + "slow-first-token-5s", false);
            case 7 -> complete(path, target + "echo", stream, RunningGateway.OTHER_KEY);
            case 8 -> complete(path, target + "echo+no-usage", stream, RunningGateway.KEY);
            case 9 -> status(path, target + "malformed-json", false);
            case 10 -> complete(path, target + "thinking", stream, RunningGateway.KEY);
            default -> complete(path, target + "echo", stream, RunningGateway.KEY);
        }
    }

    private static String body(String model, boolean stream) {
        return "{\"model\":\"" + model + "\",\"max_tokens\":1000,\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"one two three four five\"}]}";
    }

    private HttpResponse<String> ask(String path, String model, boolean stream, String key)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(gateway.url() + path))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body(model, stream)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private void complete(String path, String model, boolean stream, String key)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = ask(path, model, stream, key);
        if (answer.statusCode() == 429 && key.equals(RunningGateway.OTHER_KEY)) {
            limited.incrementAndGet();
        } else {
            assertThat(answer.statusCode())
                    .as("%s %s %s", path, model, answer.body())
                    .isEqualTo(200);
        }
    }

    private void status(String path, String model, boolean stream) throws IOException, InterruptedException {
        assertThat(ask(path, model, stream, RunningGateway.KEY).statusCode()).isGreaterThanOrEqualTo(400);
    }

    private void cut(String path, String model) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            String all = client.post(path, RunningGateway.KEY, body(model, true))
                    .read()
                    .body();
            assertThat(all).contains("\"error\"").doesNotContain("message_stop");
        }
    }

    private void leave(String path, String model, boolean afterContent) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.post(path, RunningGateway.KEY, body(model, true));
            if (afterContent) {
                client.readHead();
                client.readChunk();
            }
            client.reset();
        }
    }

    private long count(String what, String where) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("usage.db"));
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT " + what + " FROM usage WHERE " + where)) {
            return found.getLong(1);
        }
    }

    private String page(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + gateway.adminPort() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static long sum(String metrics, String name, String... labels) {
        return metrics.lines()
                .filter(line ->
                        line.startsWith(name + "{") && List.of(labels).stream().allMatch(line::contains))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static long number(String json, String name, String field) {
        int at = json.indexOf("\"" + name + "\"");
        assertThat(at).as("%s in %s", name, json).isNotNegative();
        Matcher matcher = Pattern.compile("\"" + field + "\":(-?\\d+)").matcher(json);
        assertThat(matcher.find(at)).isTrue();
        return Long.parseLong(matcher.group(1));
    }
}
