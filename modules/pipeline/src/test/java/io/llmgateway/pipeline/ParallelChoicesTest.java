package io.llmgateway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.RequestEvent.Attempted;
import io.llmgateway.model.UpstreamFault;
import io.llmgateway.model.Usage;
import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.upstream.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several answers to one request from a provider that gives one at a time: one request to everybody who looks. */
class ParallelChoicesTest {
    private static final String ASK = TestPipeline.ASK.replace("\"max_tokens\"", "\"n\":3,\"max_tokens\"");
    private static final String ASK_STREAM =
            ASK.replace("{\"model\"", "{\"stream\":true,\"stream_options\":{\"include_usage\":true},\"model\"");
    private static final String BEGUN = ProviderAnswers.ANTHROPIC_START + ProviderAnswers.anthropicDelta("one");

    private static TestPipeline anthropic(String keyLimits, String... instances) {
        return new TestPipeline(
                keyLimits,
                "providers: {" + TestPipeline.provider("p", "anthropic", instances)
                        + "}\nrouting: {default-provider: p}\n");
    }

    private static GatewayException failure(ErrorKind kind) {
        return new GatewayException(new UpstreamFault.ExchangeFailed(kind, new InstanceName("a"), "as scripted"));
    }

    private static int count(String text, String part) {
        return (text.length() - text.replace(part, "").length()) / part.length();
    }

    @Test
    void wholeAnswers_areOneRequest_inLimits_ledger_andLog() {
        try (TestPipeline test = anthropic("tokens-per-minute: 100k, requests-per-minute: 10, concurrent: 2", "a")) {
            test.answers("a", 200, ProviderAnswers.anthropic("hello"));
            FakeAnswer answer = test.chat(ASK);

            assertThat(answer.sent).hasSize(1);
            assertThat(answer.all())
                    .startsWith("200 {")
                    .contains("\"index\":0,", "\"index\":1,", "\"index\":2,", "\"total_tokens\":30");
            assertThat(test.asked).containsExactly("a", "a", "a");
            assertThat(test.records).hasSize(1);
            assertThat(test.records.getFirst().usage().input()).isEqualTo(21);
            assertThat(test.records.getFirst().usage().output()).isEqualTo(9);
            assertThat(test.records.getFirst().estimated()).isFalse();
            assertThat(test.events).hasSize(1);
            assertThat(test.last().attempts()).hasSize(3).allMatch(one -> one.failure() == null);
            assertThat(test.left("tokens-per-minute")).isEqualTo(99_970);
            assertThat(test.left("requests-per-minute")).isEqualTo(9);
            assertThat(test.left("concurrent")).isEqualTo(2);
            assertThat(answer.headers)
                    .containsEntry("x-gateway-attempts", "3")
                    .containsEntry("x-gateway-instance", "a")
                    .doesNotContainKey("x-gateway-warnings");
        }
    }

    @Test
    void streams_areOneStream_withTheSumAtItsEnd_andTheirConnectionsAreKept() {
        try (TestPipeline test = anthropic("tokens-per-minute: 100k", "a")) {
            List<FakeExchange> exchanges = new CopyOnWriteArrayList<>();
            test.script("a", _ -> {
                FakeExchange one = test.exchange()
                        .sends(BEGUN)
                        .sends(ProviderAnswers.anthropicDelta("two"))
                        .sends(ProviderAnswers.ANTHROPIC_END);
                exchanges.add(one);
                return one;
            });
            FakeAnswer answer = test.chat(ASK_STREAM);
            String all = String.join("", answer.sent);

            assertThat(answer.sent.getFirst()).isEqualTo("begin 200 text/event-stream; charset=utf-8");
            assertThat(answer.sent.getLast()).isEqualTo("end");
            assertThat(all).containsOnlyOnce("[DONE]").containsOnlyOnce("\"total_tokens\":30");
            for (int i = 0; i < 3; i++) {
                assertThat(count(all, "{\"index\":" + i + ",\"delta\":{\"content\":\"one\"}"))
                        .isEqualTo(1);
                assertThat(count(all, "{\"index\":" + i + ",\"delta\":{\"content\":\"two\"}"))
                        .isEqualTo(1);
                assertThat(count(all, "{\"index\":" + i + ",\"delta\":{\"role\""))
                        .isEqualTo(1);
            }
            assertThat(test.records).hasSize(1);
            assertThat(test.records.getFirst().usage().total()).isEqualTo(30);
            assertThat(test.left("tokens-per-minute")).isEqualTo(99_970);
            assertThat(exchanges)
                    .hasSize(3)
                    .allSatisfy(one -> assertThat(one.events).containsExactly("drained", "closed"));
        }
    }

    @Test
    void reservation_isThatOfAllAnswersTogether() {
        // once something was used, 100 tokens of output are let in twice, not three times
        try (TestPipeline test = anthropic("output-tokens-per-minute: 299", "a")) {
            test.answers("a", 200, ProviderAnswers.anthropic("hello"));
            FakeAnswer less = test.chat(ASK.replace("\"n\":3", "\"n\":2"));
            assertThat(less.all()).startsWith("200 ");
            assertThat(test.left("output-tokens-per-minute")).isEqualTo(299 - 6);

            FakeAnswer answer = test.chat(ASK);
            assertThat(test.asked).hasSize(2);
            assertThat(test.lastFailure()).isEqualTo(ErrorKind.RATE_LIMIT);
            assertThat(answer.all()).contains("output-tokens-per-minute");
            assertThat(test.left("output-tokens-per-minute")).isEqualTo(299 - 6);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneThatFailsEarly_isTriedAgain_alone(boolean stream) {
        try (TestPipeline test = anthropic("", "a", "b")) {
            AtomicInteger asked = new AtomicInteger();
            test.script("a", _ -> {
                if (asked.incrementAndGet() == 2) {
                    throw failure(ErrorKind.UPSTREAM_RESET);
                }
                return good(test, stream);
            });
            test.script("b", _ -> good(test, stream));
            FakeAnswer answer = test.chat(stream ? ASK_STREAM : ASK);

            assertThat(test.lastFailure()).isNull();
            assertThat(test.asked).hasSize(4);
            assertThat(test.asked.stream().filter("b"::equals)).hasSize(1);
            assertThat(String.join("", answer.sent)).contains("\"total_tokens\":30");
            assertThat(test.last().attempts()).hasSize(4);
            assertThat(test.records).hasSize(1);
            assertThat(test.records.getFirst().usage().total()).isEqualTo(30);
        }
    }

    private static Exchange good(TestPipeline test, boolean stream) {
        return test.exchange()
                .sends(stream ? BEGUN + ProviderAnswers.ANTHROPIC_END : ProviderAnswers.anthropic("hello"));
    }

    @ParameterizedTest
    @CsvSource({
        "false, 400, invalid_request_error, BAD_REQUEST",
        "true, 400, invalid_request_error, BAD_REQUEST",
        "false, 401, authentication_error, UPSTREAM_AUTHENTICATION",
        "true, 529, overloaded_error, UPSTREAM_OVERLOADED"
    })
    void oneThatFailsBeforeAnythingWasSent_failsTheRequest_asASingleOneWould(
            boolean stream, int status, String type, ErrorKind kind) {
        String error = "{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"as scripted\"}}";
        String single;
        try (TestPipeline test = anthropic("", "a")) {
            test.answers("a", status, error);
            single = test.chat(stream ? TestPipeline.ASK_STREAM : TestPipeline.ASK)
                    .all()
                    .replaceAll("req_[0-9a-zA-Z]+", "");
        }
        try (TestPipeline test = anthropic("concurrent: 2", "a")) {
            AtomicInteger asked = new AtomicInteger();
            List<FakeExchange> good = new CopyOnWriteArrayList<>();
            test.script("a", _ -> {
                if (asked.incrementAndGet() == 2) {
                    return test.exchange().status(status).sends(error);
                }
                FakeExchange one = (FakeExchange) good(test, stream);
                good.add(one);
                return one;
            });
            FakeAnswer answer = test.chat(stream ? ASK_STREAM : ASK);

            assertThat(answer.all().replaceAll("req_[0-9a-zA-Z]+", "")).isEqualTo(single);
            assertThat(test.lastFailure()).isEqualTo(kind);
            assertThat(good).allSatisfy(one -> assertThat(one.events).endsWith("closed"));
            assertThat(test.records).hasSize(1);
            List<Attempted> attempts = test.last().attempts();
            assertThat(attempts.getLast().failure()).isEqualTo(kind);
            assertThat(test.left("concurrent")).isEqualTo(2);
        }
    }

    @Test
    void oneThatFailsBeforeAnythingWasSent_sendsTheRequestToTheNextTarget_andWhatTheOthersUsedCounts() {
        String yaml = "providers: {" + TestPipeline.provider("p", "anthropic", "a") + ", "
                + TestPipeline.provider("q", "openai", "o") + "}\nrouting: {models: {m: {targets: "
                + "[{provider: p, model: claude-sonnet-4-5}], fallbacks: [big]}, "
                + "big: {targets: [{provider: q, model: gpt-4o}]}}}\n";
        try (TestPipeline test = new TestPipeline("tokens-per-minute: 100k", yaml)) {
            AtomicInteger asked = new AtomicInteger();
            test.script("a", _ -> {
                if (asked.incrementAndGet() == 3) {
                    throw failure(ErrorKind.UPSTREAM_CONNECT);
                }
                return good(test, false);
            });
            List<String> bodies = new CopyOnWriteArrayList<>();
            test.script("o", call -> {
                call.body()
                        .forEach(part -> bodies.add(
                                new String(part.bytes(), part.offset(), part.length(), StandardCharsets.UTF_8)));
                return test.exchange().sends(TestPipeline.WHOLE);
            });
            FakeAnswer answer = test.chat(ASK);

            assertThat(answer.all()).isEqualTo("200 " + TestPipeline.WHOLE);
            assertThat(String.join("", bodies)).contains("\"n\":3");
            assertThat(test.asked.stream().filter("o"::equals)).hasSize(1);
            assertThat(test.records).hasSize(1);
            assertThat(test.records.getFirst().usage()).isEqualTo(new Usage(21, 0, 0, 9, 0));
            assertThat(test.records.getFirst().cost())
                    .isPositive()
                    .isEqualTo(test.cost("claude-sonnet-4-5", new Usage(14, 0, 0, 6, 0))
                            + test.cost("gpt-4o", new Usage(7, 0, 0, 3, 0)));
            assertThat(test.left("tokens-per-minute")).isEqualTo(99_970);
            assertThat(test.last().attempts().getLast().served().model()).isEqualTo("gpt-4o");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UPSTREAM_RESET", "TIMEOUT_IDLE", "UPSTREAM_INTERRUPTED"})
    void oneThatFailsInTheMiddle_endsTheStreamWithAnErrorEvent(ErrorKind kind) {
        String event;
        try (TestPipeline test = anthropic("", "a")) {
            test.script("a", _ -> test.exchange().sends(BEGUN).fails(kind));
            event = test.chat(TestPipeline.ASK_STREAM).sent.reversed().get(1);
        }
        try (TestPipeline test = anthropic("tokens-per-minute: 100k, concurrent: 2", "a")) {
            AtomicInteger asked = new AtomicInteger();
            test.script("a", _ -> {
                FakeExchange one = test.exchange().sends(BEGUN).sends(ProviderAnswers.anthropicDelta("two"));
                return asked.incrementAndGet() == 2 ? one.fails(kind) : one.sends(ProviderAnswers.ANTHROPIC_END);
            });
            FakeAnswer answer = test.chat(ASK_STREAM);

            assertThat(answer.sent.getFirst()).startsWith("begin 200");
            assertThat(answer.all()).endsWith(event + "|end");
            assertThat(event).contains("\"error\":").endsWith("[DONE]\n\n");
            assertThat(count(answer.all(), "[DONE]")).isEqualTo(1);
            assertThat(test.lastFailure()).isEqualTo(kind);
            assertThat(test.records).hasSize(1);
            assertThat(test.records.getFirst().estimated()).isTrue();
            assertThat(test.records.getFirst().usage().input()).isEqualTo(21);
            assertThat(test.left("concurrent")).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void clientThatLeaves_endsAll_andNobodyIsBlamed(boolean stream) {
        try (TestPipeline test = anthropic("concurrent: 2", "a")) {
            List<FakeExchange> exchanges = new CopyOnWriteArrayList<>();
            test.script("a", _ -> {
                FakeExchange one = (FakeExchange) good(test, stream);
                exchanges.add(one);
                return one;
            });
            FakeAnswer answer = test.chat(
                    new FakeRequest(Endpoint.CHAT_COMPLETIONS, stream ? ASK_STREAM : ASK), new FakeAnswer().gone());

            assertThat(answer.sent.getLast()).isEqualTo("abort");
            assertThat(test.lastFailure()).isEqualTo(ErrorKind.CLIENT_GONE);
            assertThat(exchanges)
                    .hasSize(3)
                    .allSatisfy(one -> assertThat(one.events).endsWith("closed"));
            assertThat(test.state("a")).isEqualTo("closed");
            assertThat(test.records).hasSize(1);
            assertThat(test.records.getFirst().usage().input()).isEqualTo(21);
            assertThat(test.left("concurrent")).isEqualTo(2);
        }
    }

    @Test
    void requestThatIsEndedFromOutside_endsAllAnswers() {
        try (TestPipeline test = anthropic("", "a")) {
            FakeRequest request = new FakeRequest(Endpoint.CHAT_COMPLETIONS, ASK);
            AtomicInteger asked = new AtomicInteger();
            test.script("a", _ -> {
                if (asked.incrementAndGet() == 3) {
                    Objects.requireNonNull(request.watching).stopping();
                    throw failure(ErrorKind.UPSTREAM_RESET);
                }
                return good(test, false);
            });
            FakeAnswer answer = test.chat(request, new FakeAnswer());

            assertThat(test.lastFailure()).isEqualTo(ErrorKind.DRAINING);
            assertThat(answer.all()).startsWith("503 ");
            assertThat(asked.get()).isEqualTo(3);
            assertThat(test.state("a")).isEqualTo("closed");
        }
    }

    @Test
    void defectInOneThread_isTheRequests_andNoPlaceStaysTaken() {
        try (TestPipeline test = anthropic("concurrent: 2", "a")) {
            AtomicInteger asked = new AtomicInteger();
            test.script("a", _ -> {
                if (asked.incrementAndGet() == 2) {
                    throw new IllegalStateException("as scripted");
                }
                return good(test, true);
            });
            FakeAnswer answer = test.chat(ASK_STREAM);

            assertThat(test.lastFailure()).isEqualTo(ErrorKind.INTERNAL);
            assertThat(answer.all()).startsWith("500 ").doesNotContain("as scripted");
            assertThat(test.left("concurrent")).isEqualTo(2);
        }
    }

    @Test
    void settingOfOne_refusesTheRequest_beforeAnybodyIsAsked() {
        String yaml = "choices: {max: 1}\nproviders: {" + TestPipeline.provider("p", "anthropic", "a")
                + "}\nrouting: {default-provider: p}\n";
        try (TestPipeline test = new TestPipeline("", yaml)) {
            FakeAnswer answer = test.chat(ASK);

            assertThat(answer.all()).startsWith("400 ").contains("providers.p.choices.max is 1", "\"param\":\"n\"");
            assertThat(test.asked).isEmpty();
        }
    }

    @Test
    void answersThatAreTooLargeTogether_failTheRequest_andGiveTheirMemoryBack() {
        String yaml = "choices: {max: 16}\nproviders: {" + TestPipeline.provider("p", "anthropic", "a")
                + "}\nrouting: {default-provider: p}\n";
        try (TestPipeline test = new TestPipeline("concurrent: 2", yaml)) {
            // 16 of them are more than all that is free and three quarters of a megabyte
            test.answers("a", 200, ProviderAnswers.anthropic("x".repeat(120_000)));

            assertThat(test.chat(TestPipeline.ASK).all()).startsWith("200 ");
            assertThat(test.chat(ASK.replace("\"n\":3", "\"n\":16")).all())
                    .startsWith("503 ")
                    .contains("server.memory.budget");
            assertThat(test.lastFailure()).isEqualTo(ErrorKind.OVERLOADED);
            assertThat(test.memory.used()).isZero();
            assertThat(test.left("concurrent")).isEqualTo(2);
            assertThat(test.state("a")).isEqualTo("closed");
        }
    }

    @Test
    void retriesOfAllAnswers_comeOutOfOneBudget() {
        String yaml = "providers: {"
                + TestPipeline.provider("p", "anthropic", "a", "b")
                        .replace("type:", "retries: {budget-percent: 0, budget-minimum: 1}, type:")
                + "}\nrouting: {default-provider: p}\n";
        try (TestPipeline test = new TestPipeline("", yaml)) {
            test.fails("a", ErrorKind.UPSTREAM_RESET);
            test.script("b", _ -> good(test, true));
            test.chat(ASK_STREAM);

            assertThat(test.lastFailure()).isEqualTo(ErrorKind.UPSTREAM_RESET);
            assertThat(test.asked.stream().filter("b"::equals)).hasSizeLessThanOrEqualTo(1);
            assertThat(test.asked).hasSizeLessThanOrEqualTo(4);
        }
    }
}
