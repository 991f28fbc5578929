package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits and accounts hold on every endpoint, streamed or not, and their numbers are those of the provider. */
class AccountsTest {
    private static final String LONE_KEY = "lone-key-0123456789abc";
    private static final Pattern OUTPUT = Pattern.compile("\"(?:completion|output)_tokens\":(\\d+)");

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private Simulator simulator;
    private RunningGateway gateway;

    @BeforeEach
    void start() {
        gateway = open();
    }

    private RunningGateway open() {
        simulator = Simulator.start(SimulatorOptions.defaults());
        return RunningGateway.configured("""
                server: {port: 0}
                admin: {port: 0}
                usage: {database: "%2$s/usage.db"}
                groups: [{name: team, limits: {budget: {amount: 1000000, per: month}}}]
                keys:
                  - {name: free, key: {env: CLIENT_KEY}, group: team, limits: {concurrent: 100}}
                  - {name: narrow, key: {env: OTHER_KEY}, limits: {requests-per-minute: 2, tokens-per-minute: 100k}}
                  - {name: far, key: "far-away-key-0123456789", networks: ["10.1.0.0/16"]}
                  - {name: lone, key: "lone-key-0123456789abc", limits: {concurrent: 1}}
                  - {name: daily, key: "daily-key-0123456789ab", limits: {tokens-per-day: 1000000}}
                providers:
                  openai:
                    type: openai
                    instances: [{name: o, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}}]
                  anthropic:
                    type: anthropic
                    instances: [{name: a, base-url: "%1$s", api-key: {env: PROVIDER_KEY}}]
                routing: {rules: {"gpt-": openai, "sim/*": openai, "claude-": anthropic, "ant/*": anthropic}}
                """.formatted(simulator.baseUri(), folder), simulator);
    }

    @AfterEach
    void stop() {
        gateway.close();
        http.close();
    }

    private HttpResponse<String> ask(String path, String model, boolean stream, String key)
            throws IOException, InterruptedException {
        String options = stream && path.contains("chat") ? ",\"stream_options\":{\"include_usage\":true}" : "";
        String body = "{\"model\":\"" + model + "\",\"max_tokens\":100,\"stream\":" + stream + options
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"one two three four five\"}]}";
        return http.send(
                HttpRequest.newBuilder(URI.create(gateway.url() + path))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String admin(String path) {
        try {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.adminPort() + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static long number(String json, String name, String field) {
        int at = json.indexOf("\"" + name + "\"");
        assertThat(at).as("%s in %s", name, json).isNotNegative();
        Matcher matcher = Pattern.compile("\"" + field + "\":(-?\\d+)").matcher(json);
        assertThat(matcher.find(at)).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private static long output(String answer) {
        long last = 0;
        Matcher matcher = OUTPUT.matcher(answer);
        while (matcher.find()) {
            last = Long.parseLong(matcher.group(1));
        }
        return last;
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions, sim/echo, false, x-ratelimit-remaining-requests",
        "/v1/chat/completions, ant/echo, true, x-ratelimit-remaining-requests",
        "/v1/messages, ant/echo, true, anthropic-ratelimit-requests-remaining",
        "/v1/messages, sim/echo, false, anthropic-ratelimit-requests-remaining",
        "/v1/messages/count_tokens, sim/echo, false, anthropic-ratelimit-requests-remaining"
    })
    void limit_holdsOnEveryEndpoint_andTheHeadersTellTheTruth(String path, String model, boolean stream, String left)
            throws Exception {
        HttpResponse<String> first = ask(path, model, stream, RunningGateway.OTHER_KEY);
        HttpResponse<String> second = ask(path, model, stream, RunningGateway.OTHER_KEY);
        HttpResponse<String> third = ask(path, model, stream, RunningGateway.OTHER_KEY);

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue(left)).contains("1");
        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(second.headers().firstValue(left)).contains("0");
        assertThat(third.statusCode()).isEqualTo(429);
        assertThat(third.headers().firstValue(left)).contains("0");
        assertThat(third.headers().firstValueAsLong("retry-after").orElse(0)).isBetween(1L, 30L);
        assertThat(third.body()).contains("requests-per-minute (2) of key 'narrow'", "rate_limit_error");
        assertThat(number(admin("/limits"), "key 'narrow'", "remaining")).isZero();
        assertThat(admin("/metrics")).contains("gateway_limit_rejections_total{limit=\"requests-per-minute\"");
    }

    /** Starts a request of the key that may have one at a time, and returns when the provider has it. */
    private Future<HttpResponse<String>> occupy(String script) {
        String body = "{\"model\":\"sim/" + script + "\",\"messages\":[{\"role\":\"user\",\"content\":\"one\"}]}";
        // the end of the request before may still be on its way to the simulator
        simulator.awaitStreams(streams -> streams.open() == 0, Duration.ofSeconds(10));
        Future<HttpResponse<String>> answer = http.sendAsync(
                HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/chat/completions"))
                        .header("Authorization", "Bearer " + LONE_KEY)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        simulator.awaitStreams(streams -> streams.open() == 1, Duration.ofSeconds(10));
        return answer;
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions, sim/echo, false",
        "/v1/chat/completions, sim/echo, true",
        "/v1/chat/completions, ant/echo, false",
        "/v1/chat/completions, ant/echo, true",
        "/v1/messages, ant/echo, false",
        "/v1/messages, ant/echo, true",
        "/v1/messages, sim/echo, false",
        "/v1/messages, sim/echo, true",
        "/v1/messages/count_tokens, sim/echo, false",
        "/v1/messages/count_tokens, ant/echo, false"
    })
    void onlyPlaceTaken_waitsForIt_andIsRefusedWhenItStaysTaken(String path, String model, boolean stream)
            throws Exception {
        Future<HttpResponse<String>> brief = occupy("slow-whole-150ms");
        HttpResponse<String> waited = ask(path, model, stream, LONE_KEY);
        assertThat(waited.statusCode()).as(waited.body()).isEqualTo(200);
        assertThat(brief.get().statusCode()).isEqualTo(200);

        Future<HttpResponse<String>> endless = occupy("hang");
        HttpResponse<String> refused = ask(path, model, stream, LONE_KEY);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValueAsLong("retry-after").orElse(0)).isPositive();
        assertThat(refused.body()).contains("concurrent (1) of key 'lone'", "rate_limit_error");
        assertThat(admin("/metrics")).contains("gateway_limit_rejections_total{limit=\"concurrent\"");
        endless.cancel(true);

        // the client that left gives its place back
        Eventually.within(10, () -> ask(path, model, stream, LONE_KEY).statusCode() == 200);
        Eventually.within(10, () -> number(admin("/limits"), "key 'lone'", "remaining") == 1);
    }

    @Test
    void mixedRequests_sumsAreWhatTheProviderSaid() throws Exception {
        List<Callable<HttpResponse<String>>> calls = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            String path = i % 2 == 0 ? "/v1/chat/completions" : "/v1/messages";
            String model = i % 4 < 2 ? "sim/echo" : "ant/echo";
            boolean stream = i % 8 < 4;
            String fault = i % 50 == 0 ? "sim/status-400" : model;
            calls.add(() -> ask(path, fault, stream, RunningGateway.KEY));
        }
        long said = 0;
        int good = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            for (Future<HttpResponse<String>> each : threads.invokeAll(calls)) {
                HttpResponse<String> answer = each.get();
                good += answer.statusCode() == 200 ? 1 : 0;
                said += answer.statusCode() == 200 ? output(answer.body()) : 0;
            }
        }
        assertThat(good).isEqualTo(392);
        Eventually.within(10, () -> admin("/usage").contains("\"requests\":400"));

        String report = admin("/usage?by=group");
        assertThat(number(report, "team", "requests")).isEqualTo(400);
        assertThat(number(report, "team", "failed")).isEqualTo(8);
        assertThat(number(report, "team", "estimated")).isZero();
        assertThat(number(report, "team", "output_tokens")).isEqualTo(said).isPositive();
        assertThat(number(report, "team", "unpriced")).isPositive();
        assertThat(admin("/usage?by=planet")).contains("must be one of");
        assertThat(number(admin("/limits"), "key 'free'", "remaining")).isEqualTo(100);
    }

    @Test
    void pricedModel_costsWhatTheListSays() throws Exception {
        HttpResponse<String> answer = ask("/v1/chat/completions", "gpt-5-mini", false, RunningGateway.KEY);
        assertThat(answer.statusCode()).isEqualTo(200);
        Eventually.within(10, () -> admin("/usage").contains("\"requests\":1"));

        String report = admin("/usage");
        long micros = number(report, "free", "input_tokens") * 250 + number(report, "free", "output_tokens") * 2_000;
        assertThat(report)
                .contains("\"cost_usd\":\""
                        + java.math.BigDecimal.valueOf(micros, 9)
                                .stripTrailingZeros()
                                .toPlainString() + "\"");
    }

    @Test
    void cutAndFailedRequests_areCountedOnce_andMarked() throws Exception {
        // the client sees an error event, and then the proper end of the stream
        assertThat(ask("/v1/chat/completions", "sim/cut-after-5-events", true, RunningGateway.KEY)
                        .body())
                .contains("{\"error\":{");
        assertThat(ask("/v1/messages", "ant/status-500", false, RunningGateway.KEY)
                        .statusCode())
                .isGreaterThanOrEqualTo(500);
        Eventually.within(10, () -> admin("/usage").contains("\"requests\":2"));

        String report = admin("/usage");
        assertThat(number(report, "free", "failed")).isEqualTo(2);
        assertThat(number(report, "free", "estimated")).isEqualTo(1);
        assertThat(number(report, "free", "output_tokens")).isPositive();
    }

    @Test
    void restart_keepsWhatWasSpentToday() throws Exception {
        ask("/v1/chat/completions", "sim/echo", false, "daily-key-0123456789ab");
        Eventually.within(10, () -> admin("/usage").contains("\"requests\":1"));
        long before = number(admin("/limits"), "key 'daily'", "remaining");
        gateway.close();

        gateway = open();

        assertThat(number(admin("/limits"), "key 'daily'", "remaining"))
                .isEqualTo(before)
                .isLessThan(1_000_000);
    }

    @Test
    void withoutADatabase_theReportSaysSo() throws Exception {
        gateway.close();
        gateway = RunningGateway.start();

        assertThat(admin("/usage")).contains("set usage.database");
    }

    @Test
    void otherNetwork_isRefused() throws Exception {
        HttpResponse<String> answer = ask("/v1/chat/completions", "sim/echo", false, "far-away-key-0123456789");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("from this address");
    }

    @Test
    void manyWrongKeys_areToldToWait_goodOnesPass() throws Exception {
        int last = 0;
        for (int i = 0; i < 70; i++) {
            last = ask("/v1/messages", "ant/echo", false, "wrong-" + i).statusCode();
        }

        assertThat(last).isEqualTo(429);
        assertThat(ask("/v1/messages", "ant/echo", false, RunningGateway.KEY).statusCode())
                .isEqualTo(200);
    }
}
