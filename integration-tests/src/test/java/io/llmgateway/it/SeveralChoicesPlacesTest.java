package io.llmgateway.it;

import static io.llmgateway.it.SeveralChoicesTest.PATIENCE_SECONDS;
import static io.llmgateway.it.SeveralChoicesTest.ask;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletionChunk;
import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several answers to one request: in order, from instances with few places, that come back, of several targets. */
class SeveralChoicesPlacesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROUNDS = 10;
    private static final String FAILURE = ProviderAnswers.json(
            500, "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"as scripted\"}}");

    private static List<JsonNode> chunks(String body) throws IOException {
        List<JsonNode> chunks = new ArrayList<>();
        for (String line : body.split("\n")) {
            if (line.startsWith("data: {")) {
                chunks.add(JSON.readTree(line.substring("data: ".length())));
            }
        }
        return chunks;
    }

    /** Clients that keep a list of answers and add a new one at its end. */
    @ParameterizedTest
    @CsvSource({"anthropic, 2", "anthropic, 4", "gemini, 3"})
    void firstChunks_comeInTheOrderOfTheAnswers(String type, int n) throws Exception {
        try (ScriptedGateway gateway = ScriptedGateway.one(type, "", ProviderAnswers::serve);
                RawClient client = gateway.connect().patience(PATIENCE_SECONDS)) {
            for (int round = 0; round < ROUNDS; round++) {
                client.post(ScriptedGateway.CHAT, RunningGateway.KEY, ask(n, true));
                String body = client.read().body();
                List<Integer> order = new ArrayList<>();
                ChatCompletionAccumulator sdk = ChatCompletionAccumulator.create();
                for (JsonNode chunk : chunks(body)) {
                    for (JsonNode choice : chunk.path("choices")) {
                        int index = choice.path("index").asInt();
                        assertThat(index).as(body).isLessThanOrEqualTo(order.size());
                        if (index == order.size()) {
                            order.add(index);
                        }
                    }
                    sdk.accumulate(
                            com.openai.core.ObjectMappers.jsonMapper().convertValue(chunk, ChatCompletionChunk.class));
                }
                assertThat(order).hasSize(n);
                for (int i = 0; i < n; i++) {
                    JsonNode choice = chunks(body).get(i).path("choices").path(0);
                    assertThat(choice.path("index").asInt()).as(body).isEqualTo(i);
                    assertThat(choice.path("delta").has("role")).as(body).isTrue();
                }
                assertThat(sdk.chatCompletion().choices())
                        .hasSize(n)
                        .allSatisfy(
                                choice -> assertThat(choice.message().content()).isPresent());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 2, 2", "4, 4, 2", "4, 3, 4"})
    void clientsThatNeedAllPlaces_areServedOneAfterTheOther(int places, int n, int clients) throws Exception {
        String yaml = """
                server: {port: 0}
                providers:
                  p:
                    type: anthropic
                    balancing: {max-wait: 60s}
                    instances: [{name: one, base-url: "%%1$s", max-concurrent: %d}]
                routing: {default-provider: p}
                """.formatted(places);
        try (ScriptedGateway gateway = ScriptedGateway.start(yaml, ProviderAnswers::serve);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < ROUNDS; round++) {
                List<Future<String>> answers = new ArrayList<>();
                for (int i = 0; i < clients; i++) {
                    answers.add(threads.submit(() -> gateway.ask(ScriptedGateway.CHAT, ask(n, true))));
                }
                answers.add(threads.submit(() -> gateway.ask(ScriptedGateway.CHAT, ask(1, true))));
                for (Future<String> answer : answers) {
                    assertThat(answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).startsWith("HTTP/1.1 200 ");
                }
            }
            assertThat(gateway.upstream(0).asked()).isEqualTo(ROUNDS * (n * clients + 1));
        }
    }

    /** An instance that has been out answers again: requests for several answers alone bring it back. */
    @ParameterizedTest
    @CsvSource({"false, 100", "true, 100", "false, 1"})
    void instanceThatIsHalfOpen_comesBackByARequestForSeveral(boolean stream, int places) throws Exception {
        AtomicBoolean failing = new AtomicBoolean(true);
        String yaml = """
                server: {port: 0}
                providers:
                  p:
                    type: anthropic
                    health-check: {mode: off}
                    retries: {max-attempts: 1}
                    circuit-breaker: {consecutive-failures: 1, open-duration: 1s, max-open-duration: 1s}
                    balancing: {when-all-unhealthy: refuse}
                    instances: [{name: one, base-url: "%%1$s", max-concurrent: %d}]
                routing: {default-provider: p}
                """.formatted(places);
        ScriptedUpstream.Script script = call -> {
            if (failing.get()) {
                call.write(FAILURE);
            } else {
                ProviderAnswers.serve(call);
            }
        };
        try (ScriptedGateway gateway = ScriptedGateway.start(yaml, script)) {
            assertThat(gateway.ask(ScriptedGateway.CHAT, ask(1, false))).startsWith("HTTP/1.1 50");
            failing.set(false);
            int asked = gateway.upstream(0).asked();
            // refused while its time is not over, and nobody is asked
            String answer = gateway.ask(ScriptedGateway.CHAT, ask(3, stream));
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (answer.startsWith("HTTP/1.1 503 ") && System.nanoTime() < end) {
                assertThat(gateway.upstream(0).asked()).as(answer).isEqualTo(asked);
                answer = gateway.ask(ScriptedGateway.CHAT, ask(3, stream));
            }

            assertThat(answer).startsWith("HTTP/1.1 200 ").contains("\"index\":2,");
            assertThat(gateway.upstream(0).asked()).isEqualTo(asked + 3);
            assertThat(gateway.admin("/instances")).contains("\"instance\":\"one\",\"state\":\"closed\"");
        }
    }

    private static ScriptedGateway twoTargets(String anthropic, String second) throws IOException {
        String yaml = """
                server: {port: 0}
                providers:
                  an: {type: anthropic, %s instances: [{name: a, base-url: "%%1$s", max-concurrent: 2}]}
                  two: {%s instances: [{name: b, base-url: "%%2$s"}]}
                routing:
                  models:
                    m: {targets: [{provider: an, model: claude-haiku-4-5}, {provider: two, model: gpt-4o}]}
                """.formatted(anthropic, second);
        return ScriptedGateway.start(yaml, ProviderAnswers::serve, ProviderAnswers::serve);
    }

    @ParameterizedTest
    @CsvSource({"'', 5, false", "'choices: {max: 1},', 2, false", "'', 3, true"})
    void targetThatGivesFewer_isLeftOut_whenAnotherGivesAll(String anthropic, int n, boolean stream) throws Exception {
        try (ScriptedGateway gateway = twoTargets(anthropic, "type: openai,")) {
            for (int i = 0; i < ROUNDS; i++) {
                assertThat(gateway.ask(ScriptedGateway.CHAT, ask(n, stream))).startsWith("HTTP/1.1 200 ");
            }
            assertThat(gateway.upstream(0).asked()).isZero();
            assertThat(gateway.upstream(1).asked()).isEqualTo(ROUNDS);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noTargetThatGivesAsMany_refusesByName_andNobodyIsAsked(boolean stream) throws Exception {
        try (ScriptedGateway gateway = twoTargets("", "type: anthropic, choices: {max: 3},")) {
            assertThat(gateway.ask(ScriptedGateway.CHAT, ask(6, stream)))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("\"param\":\"n\"", "choices.max is");
            assertThat(gateway.upstream(0).asked()).isZero();
            assertThat(gateway.upstream(1).asked()).isZero();
        }
    }

    @Test
    void targetsThatGiveAll_areStillDrawnByTheirWeights() throws Exception {
        try (ScriptedGateway gateway = twoTargets("", "type: openai,")) {
            for (int i = 0; i < 5 * ROUNDS; i++) {
                assertThat(gateway.ask(ScriptedGateway.CHAT, ask(2, false))).startsWith("HTTP/1.1 200 ");
            }
            assertThat(gateway.upstream(0).asked()).isPositive();
            assertThat(gateway.upstream(1).asked()).isPositive();
        }
    }
}
