package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.Eventually;
import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every policy holds for every endpoint, whole and streamed, relayed and converted. A new endpoint is a row of
 * {@link Way}, a new policy one of {@link Policy} and its lines in {@link #check}.
 */
class PolicyGridTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NO_LIMIT = "limits: {}";

    @TempDir
    private Path folder;

    /** What a request passes on its way. */
    enum Policy {
        WRONG_KEY,
        EXPIRED_KEY,
        MODEL_NOT_ALLOWED,
        REQUESTS_PER_MINUTE,
        TOKENS_PER_MINUTE,
        CONCURRENT,
        BUDGET,
        BODY_TOO_LARGE,
        INSTANCE_DOWN,
        ALL_DOWN,
        FIRST_TOKEN_LATE,
        TOTAL_TIME_OVER,
        USAGE
    }

    /** A way through the gateway: an endpoint, streamed or not, and the type of the provider behind it. */
    enum Way {
        CHAT_RELAYED("/v1/chat/completions", false, "openai"),
        CHAT_RELAYED_STREAM("/v1/chat/completions", true, "openai"),
        CHAT_CONVERTED("/v1/chat/completions", false, "anthropic"),
        CHAT_CONVERTED_STREAM("/v1/chat/completions", true, "gemini"),
        MESSAGES_RELAYED("/v1/messages", false, "anthropic"),
        MESSAGES_RELAYED_STREAM("/v1/messages", true, "anthropic"),
        MESSAGES_CONVERTED("/v1/messages", false, "gemini"),
        MESSAGES_CONVERTED_STREAM("/v1/messages", true, "openai"),
        COUNT_RELAYED("/v1/messages/count_tokens", false, "anthropic"),
        COUNT_CONVERTED("/v1/messages/count_tokens", false, "gemini");

        private final String path;
        private final boolean stream;
        private final String type;

        Way(String path, boolean stream, String type) {
            this.path = path;
            this.stream = stream;
            this.type = type;
        }

        private boolean counts() {
            return path.endsWith("count_tokens");
        }

        /** What holds here: a number costs nothing, and only streams have a first token. */
        private Set<Policy> policies() {
            Set<Policy> all = EnumSet.allOf(Policy.class);
            if (counts()) {
                all.removeAll(EnumSet.of(Policy.TOKENS_PER_MINUTE, Policy.BUDGET, Policy.USAGE));
            }
            if (!stream) {
                all.remove(Policy.FIRST_TOKEN_LATE);
            }
            return all;
        }
    }

    static Stream<Arguments> grid() {
        return Stream.of(Way.values()).flatMap(way -> way.policies().stream().map(policy -> Arguments.of(policy, way)));
    }

    @ParameterizedTest
    @MethodSource("grid")
    void policy_holdsOnThisWay(Policy policy, Way way) throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        try (ScriptedUpstream one = ScriptedUpstream.start(first(policy, held));
                ScriptedUpstream two = ScriptedUpstream.start(
                        policy == Policy.TOTAL_TIME_OVER || policy == Policy.ALL_DOWN
                                ? first(policy, held)
                                : ProviderAnswers::serve)) {
            String id;
            String key = key(policy);
            try (RunningGateway gateway = start(policy, way, one, two)) {
                double before = tokens(gateway);
                if (policy == Policy.CONCURRENT) {
                    try (RawClient busy = ask(gateway, way, key, 1)) {
                        Eventually.within(10, () -> one.asked() == 1);
                        id = check(policy, way, answer(gateway, way, key, 1));
                        held.countDown();
                        assertThat(busy.read().status()).isEqualTo(200);
                    }
                } else {
                    boolean second = policy == Policy.REQUESTS_PER_MINUTE
                            || policy == Policy.TOKENS_PER_MINUTE
                            || policy == Policy.BUDGET;
                    if (second) {
                        assertThat(answer(gateway, way, key, 1).status()).isEqualTo(200);
                    }
                    id = check(policy, way, answer(gateway, way, key, policy == Policy.BODY_TOO_LARGE ? 5_000 : 1));
                }
                if (policy == Policy.USAGE) {
                    Eventually.within(10, () -> tokens(gateway) - before == 10);
                }
            } finally {
                held.countDown();
            }
            isLogged(policy, way, id);
        }
    }

    private static ScriptedUpstream.Script first(Policy policy, CountDownLatch held) {
        return switch (policy) {
            case INSTANCE_DOWN, ALL_DOWN -> call -> call.socket().close();
            case FIRST_TOKEN_LATE, TOTAL_TIME_OVER -> ScriptedUpstream.Call::awaitGone;
            case CONCURRENT ->
                call -> {
                    assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
                    ProviderAnswers.serve(call);
                };
            default -> ProviderAnswers::serve;
        };
    }

    private static String key(Policy policy) {
        return switch (policy) {
            case WRONG_KEY -> "nobody-knows-this-key-0123";
            case EXPIRED_KEY -> "expired-key-01234567890";
            case MODEL_NOT_ALLOWED -> RunningGateway.OTHER_KEY;
            default -> RunningGateway.KEY;
        };
    }

    private static String limits(Policy policy) {
        return switch (policy) {
            case REQUESTS_PER_MINUTE -> "limits: {requests-per-minute: 1}";
            case TOKENS_PER_MINUTE -> "limits: {tokens-per-minute: 120}";
            case CONCURRENT -> "limits: {concurrent: 1}";
            case BUDGET -> "limits: {budget: {amount: 0.000002, currency: USD, per: month}}";
            default -> NO_LIMIT;
        };
    }

    private RunningGateway start(Policy policy, Way way, ScriptedUpstream one, ScriptedUpstream two) {
        String timeouts = switch (policy) {
            case FIRST_TOKEN_LATE -> "{first-token: 300ms}";
            case TOTAL_TIME_OVER -> "{first-token: 300ms, total: 600ms}";
            default -> "{}";
        };
        return RunningGateway.configured(
                """
                server: {port: 0, max-body: 4KiB}
                admin: {port: 0}
                logging: {file: "%s"}
                keys:
                  - {name: test, key: {env: CLIENT_KEY}}
                  - {name: narrow, key: {env: OTHER_KEY}, models: ["other-*"]}
                  - {name: old, key: "expired-key-01234567890", expires: 2020-01-01}
                %s
                providers:
                  grid:
                    type: %s
                    timeouts: %s
                    instances:
                      - {name: one, base-url: "%s", priority: 1}
                      - {name: two, base-url: "%s", priority: 2}
                routing: {default-provider: grid}
                """.formatted(
                                folder.resolve("gateway.log"),
                                limits(policy).equals(NO_LIMIT) ? "" : limits(policy),
                                way.type,
                                timeouts,
                                one.url(),
                                two.url()),
                Simulator.start(SimulatorOptions.defaults()));
    }

    private static String model(Way way) {
        return switch (way.type) {
            case "openai" -> "gpt-5-mini";
            case "anthropic" -> "claude-sonnet-4-5";
            default -> "gemini-2.5-flash";
        };
    }

    private static RawClient ask(RunningGateway gateway, Way way, String key, int length) throws IOException {
        String body = "{\"model\":\"" + model(way) + "\",\"max_tokens\":100,\"stream\":" + way.stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + "x".repeat(length) + "\"}]}";
        RawClient client = RawClient.connect(gateway.port()).patience(20);
        return client.post(
                way.path,
                key,
                way.counts() ? body.replace("\"stream\":false,", "").replace("\"max_tokens\":100,", "") : body);
    }

    private static RawClient.Response answer(RunningGateway gateway, Way way, String key, int length)
            throws IOException {
        try (RawClient client = ask(gateway, way, key, length)) {
            return client.read();
        }
    }

    /** Checks the answer; gives the id that the client was told. */
    private static String check(Policy policy, Way way, RawClient.Response answer) throws IOException {
        int status = switch (policy) {
            case WRONG_KEY, EXPIRED_KEY -> 401;
            case MODEL_NOT_ALLOWED -> 403;
            case REQUESTS_PER_MINUTE, TOKENS_PER_MINUTE, CONCURRENT, BUDGET -> 429;
            case BODY_TOO_LARGE -> 413;
            case ALL_DOWN -> 502;
            case TOTAL_TIME_OVER -> 504;
            case INSTANCE_DOWN, FIRST_TOKEN_LATE, USAGE -> 200;
        };
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        boolean anthropic = way.path.contains("messages");
        if (status == 200) {
            String type = way.stream ? "text/event-stream" : "application/json";
            assertThat(answer.headers().get("content-type")).startsWith(type);
        } else {
            JsonNode json = JSON.readTree(answer.body());
            assertThat(json.at("/error/message").asText()).isNotEmpty();
            assertThat(json.path("type").asText("")).isEqualTo(anthropic ? "error" : "");
            String again = answer.headers().get("x-should-retry");
            boolean passes = Set.of(
                            Policy.REQUESTS_PER_MINUTE,
                            Policy.TOKENS_PER_MINUTE,
                            Policy.CONCURRENT,
                            Policy.ALL_DOWN,
                            Policy.TOTAL_TIME_OVER)
                    .contains(policy);
            assertThat(again).isEqualTo(Boolean.toString(passes));
            if (status == 429) {
                assertThat(answer.headers()).containsKey("retry-after");
            }
        }
        return String.valueOf(answer.headers().get(anthropic ? "request-id" : "x-request-id"));
    }

    /** Tokens that the grid's provider has reported to all gateways of this process. */
    private static double tokens(RunningGateway gateway) throws IOException {
        try (RawClient client = RawClient.connect(gateway.adminPort())) {
            return client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    .read()
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("gateway_tokens_total{") && line.contains("provider=\"grid\""))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        }
    }

    private void isLogged(Policy policy, Way way, String id) throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve("gateway.log"), StandardCharsets.UTF_8);
        JsonNode line = JSON.readTree(lines.stream()
                .filter(each -> each.contains(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no line has " + id + ": " + lines)));
        assertThat(line.path("endpoint").asText())
                .isEqualTo(
                        way.counts()
                                ? "count_tokens"
                                : way.path.contains("messages") ? "messages" : "chat_completions");
        String outcome = switch (policy) {
            case WRONG_KEY, EXPIRED_KEY -> "authentication";
            case MODEL_NOT_ALLOWED -> "permission";
            case REQUESTS_PER_MINUTE, TOKENS_PER_MINUTE, CONCURRENT, BUDGET -> "rate_limit";
            case BODY_TOO_LARGE -> "too_large";
            case ALL_DOWN -> "upstream_reset";
            case TOTAL_TIME_OVER -> "timeout_total";
            case INSTANCE_DOWN, FIRST_TOKEN_LATE, USAGE -> "ok";
        };
        assertThat(line.path("outcome").asText().toLowerCase(Locale.ROOT)).isEqualTo(outcome);
        switch (policy) {
            case INSTANCE_DOWN, FIRST_TOKEN_LATE ->
                assertThat(line.path("attempts")).hasSize(2);
            case USAGE -> {
                assertThat(line.path("input_tokens").asInt()).isEqualTo(7);
                assertThat(line.path("output_tokens").asInt()).isEqualTo(3);
                assertThat(line.path("estimated").asBoolean()).isFalse();
                assertThat(line.path("key").asText()).isEqualTo("test");
                assertThat(line.path("cost").asDouble()).isPositive();
            }
            default -> {
                // the outcome says it
            }
        }
    }
}
