package io.llmgateway.pipeline;

import static io.llmgateway.pipeline.TestPipeline.ASK;
import static io.llmgateway.pipeline.TestPipeline.ASK_STREAM;
import static io.llmgateway.pipeline.TestPipeline.DONE;
import static io.llmgateway.pipeline.TestPipeline.FIRST;
import static io.llmgateway.pipeline.TestPipeline.LAST;
import static io.llmgateway.pipeline.TestPipeline.WHOLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.ErrorKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttemptLoopTest {
    private static final String TARGETS = "targets: [{provider: one, model: m1}], fallbacks: [big]";

    /** An alias {@code m} that goes to provider one and falls back to the model big of provider two. */
    private static TestPipeline withFallback(String keyLimits, String more, String route) {
        return new TestPipeline(
                keyLimits,
                "providers: {" + TestPipeline.provider("one", "openai", "a") + ", "
                        + TestPipeline.provider("two", "openai", "b") + "}\n"
                        + "routing: {rules: {big: two}, models: {m: {" + TARGETS + route + "}}}\n" + more);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void deadProviderWithAFallback_isLeftAlone_andNoClientFails(boolean stream) {
        String ask = stream ? ASK_STREAM : ASK;
        try (TestPipeline test = withFallback("", "", "")) {
            test.fails("a", ErrorKind.UPSTREAM_SERVER);
            test.script(
                    "b",
                    _ -> stream
                            ? test.exchange().sends(FIRST + LAST + DONE)
                            : test.exchange().sends(WHOLE));
            for (int i = 0; i < 1_800; i++) {
                assertThat(test.chat(ask).sent.getFirst()).contains("200 ");
            }
            long asked = test.asked.stream().filter("a"::equals).count();
            assertThat(asked).isLessThan(20);
        }
    }

    @Test
    void emptyRetryBudget_goesOnWithTheNextTarget() {
        try (TestPipeline test = new TestPipeline(
                "",
                "providers: {one: {type: openai, retries: {budget-percent: 0, budget-minimum: 0}, "
                        + "instances: [{name: a, base-url:"
                        + " \"http://a\"}, {name: c, base-url: \"http://c\"}]}, "
                        + TestPipeline.provider("two", "openai", "b") + "}\n"
                        + "routing: {rules: {big: two}, models: {m: {" + TARGETS + "}}}\n")) {
            test.fails("a", ErrorKind.UPSTREAM_SERVER).fails("c", ErrorKind.UPSTREAM_SERVER);
            test.answers("b", 200, WHOLE);
            for (int i = 0; i < 50; i++) {
                assertThat(test.chat(ASK).sent.getFirst()).startsWith("200 ");
            }
            assertThat(test.last().attempts()).hasSizeLessThanOrEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "3,3", "4,4"})
    void attemptsAtOneTarget_areASetting(int setting, int attempts) {
        try (TestPipeline test = new TestPipeline(
                "",
                "providers: {"
                        + TestPipeline.provider("p", "openai", "a", "b", "c", "d", "e")
                                .replace("type: openai", "type: openai, retries: {max-attempts: " + setting + "}")
                        + "}\nrouting: {default-provider: p}\n")) {
            for (String instance : new String[] {"a", "b", "c", "d", "e"}) {
                test.fails(instance, ErrorKind.UPSTREAM_CONNECT);
            }
            assertThat(test.chat(ASK).sent.getFirst()).startsWith("502 ");
            assertThat(test.asked).hasSize(attempts);
        }
    }

    @Test
    void attemptsOfTheRoute_areThoseOfAllTargetsTogether() {
        try (TestPipeline test = withFallback("", "", ", max-attempts: 1")) {
            test.fails("a", ErrorKind.UPSTREAM_CONNECT).answers("b", 200, WHOLE);
            assertThat(test.chat(ASK).sent.getFirst()).startsWith("502 ");
            assertThat(test.asked).containsExactly("a");
        }
    }

    @Test
    void trialOfAnInstance_endsWithItsFirstContent_notWithItsStream() {
        try (TestPipeline test = TestPipeline.openAi("", "a")) {
            test.fails("a", ErrorKind.UPSTREAM_SERVER);
            for (int i = 0; i < 10; i++) {
                test.chat(ASK);
            }
            assertThat(test.state("a")).isEqualTo("open");
            test.clock.advance(Duration.ofMinutes(10));
            test.script("a", _ -> test.exchange().sends(FIRST).sends(FIRST).sends(LAST + DONE));
            int[] writes = {0};
            FakeAnswer answer = new FakeAnswer().beforeWrite(() -> {
                if (writes[0]++ == 0) {
                    assertThat(test.state("a")).isEqualTo("closed");
                    // meanwhile others are served
                    assertThat(test.chat(ASK_STREAM).sent.getLast()).isEqualTo("end");
                }
            });
            test.chat(new FakeRequest(Endpoint.CHAT_COMPLETIONS, ASK_STREAM), answer);
            assertThat(answer.sent.getLast()).isEqualTo("end");
        }
    }

    @Test
    void afterContent_nobodyElseIsAsked() {
        try (TestPipeline test = TestPipeline.openAi("", "a", "b")) {
            test.script("a", _ -> test.exchange().sends(FIRST).fails(ErrorKind.UPSTREAM_RESET));
            test.answers("b", 200, WHOLE);
            FakeAnswer answer = test.chat(ASK_STREAM);

            assertThat(test.asked).containsExactly("a");
            assertThat(answer.all()).contains("stream_interrupted").endsWith("end");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 429})
    void accountThatAClientChoosesItself_benchesTheInstanceForNobodyElse(int status) {
        try (TestPipeline test = TestPipeline.openAi("", "a")) {
            test.answers("a", status, "{\"error\":{\"message\":\"no such organization\"}}");
            test.chat(
                    new FakeRequest(Endpoint.CHAT_COMPLETIONS, ASK).with("openai-organization", "org-mine"),
                    new FakeAnswer());
            assertThat(test.state("a")).isEqualTo("closed");

            test.chat(ASK);
            assertThat(test.state("a")).isNotEqualTo("closed");
        }
    }

    @Test
    void limitOfTheFallbacksModel_holdsForTheFallback() {
        try (TestPipeline test = withFallback("models: {big: {requests-per-minute: 1}}", "", "")) {
            test.fails("a", ErrorKind.UPSTREAM_SERVER).answers("b", 200, WHOLE);
            assertThat(test.chat(ASK).sent.getFirst()).startsWith("200 ");
            assertThat(test.chat(ASK).sent.getFirst()).startsWith("429 ").contains("requests-per-minute");
            assertThat(test.asked.stream().filter("b"::equals)).hasSize(1);
        }
    }

    @Test
    void limitOfTheDrawnTarget_holds_whicheverIsListedFirst() {
        try (TestPipeline test = new TestPipeline(
                "models: {big: {requests-per-minute: 2}, small: {requests-per-minute: 1}}",
                "providers: {" + TestPipeline.provider("p", "openai", "a") + "}\nrouting: {models: {m: {targets:"
                        + " [{provider: p, model: small, weight: 0}, {provider: p, model: big, weight: 100}]}}}\n")) {
            test.answers("a", 200, WHOLE);
            for (String model : new String[] {"big", "big", "small"}) {
                assertThat(test.chat(ASK).sent.getFirst()).startsWith("200 ");
                assertThat(test.records.getLast().served()).endsWith(model);
            }
            assertThat(test.chat(ASK).sent.getFirst()).startsWith("429 ");
        }
    }

    @Test
    void clientIsTold_whatTheInstanceSaid_notThatNoneIsLeft() {
        try (TestPipeline test = TestPipeline.openAi("", "a")) {
            test.answers("a", 503, "{\"error\":{\"message\":\"the model is being loaded\"}}");
            assertThat(test.chat(ASK).sent.getFirst()).startsWith("503 ").contains("the model is being loaded");
        }
    }

    @Test
    void longWaitForTheFirstContent_isKeptAlive_andTheNextInstanceStillAnswers() {
        try (TestPipeline test = TestPipeline.openAi("", "a", "b")) {
            FakeRequest request = new FakeRequest(Endpoint.CHAT_COMPLETIONS, ASK_STREAM);
            test.script("a", _ -> {
                keepAlive(request);
                return test.exchange().fails(ErrorKind.TIMEOUT_FIRST_TOKEN);
            });
            test.script("b", _ -> {
                keepAlive(request);
                return test.exchange().sends(FIRST + LAST + DONE);
            });
            FakeAnswer answer = test.chat(request, new FakeAnswer());

            assertThat(answer.sent.getFirst()).isEqualTo("begin 200 text/event-stream; charset=utf-8");
            assertThat(answer.sent.get(1)).startsWith(":");
            assertThat(answer.sent.get(2)).startsWith(":");
            assertThat(answer.all()).contains(FIRST).endsWith("end");
            assertThat(answer.sent.stream().filter(sent -> sent.startsWith("begin")))
                    .hasSize(1);
        }
    }

    @Test
    void errorAfterAKeepAlive_isAnEvent() {
        try (TestPipeline test = TestPipeline.openAi("", "a")) {
            FakeRequest request = new FakeRequest(Endpoint.CHAT_COMPLETIONS, ASK_STREAM);
            test.script("a", _ -> {
                keepAlive(request);
                return test.exchange().status(400).sends("{\"error\":{\"message\":\"too long\"}}");
            });
            FakeAnswer answer = test.chat(request, new FakeAnswer());
            assertThat(answer.all())
                    .contains("data: {\"error\"")
                    .contains("too long")
                    .endsWith("end");
        }
    }

    @Test
    void wholeAnswers_areNeverKeptAlive() {
        try (TestPipeline test = TestPipeline.openAi("", "a")) {
            FakeRequest request = new FakeRequest(Endpoint.CHAT_COMPLETIONS, ASK);
            test.script("a", _ -> {
                keepAlive(request);
                return test.exchange().sends(WHOLE);
            });
            assertThat(test.chat(request, new FakeAnswer()).all()).isEqualTo("200 " + WHOLE);
        }
    }

    private static void keepAlive(FakeRequest request) {
        Interruption watching = request.watching;
        assertThat(watching).isNotNull();
        watching.keepAlive();
    }

    @Test
    void keepAliveThatComesLate_saysNothing() {
        try (TestPipeline test = TestPipeline.openAi("", "a")) {
            FakeRequest request = new FakeRequest(Endpoint.CHAT_COMPLETIONS, ASK_STREAM);
            Interruption[] kept = new Interruption[1];
            test.script("a", _ -> {
                kept[0] = request.watching;
                return test.exchange().sends(FIRST + LAST + DONE);
            });
            FakeAnswer answer = test.chat(request, new FakeAnswer().beforeWrite(() -> kept[0].keepAlive()));
            kept[0].keepAlive();

            assertThat(answer.all()).doesNotContain(": keep").endsWith("end");
        }
    }

    @Test
    void clientThatLeavesWhileTheProviderWorks_isTheReason_whateverTheConnectionSays() {
        try (TestPipeline test = TestPipeline.openAi("", "a", "b")) {
            FakeRequest request = new FakeRequest(Endpoint.CHAT_COMPLETIONS, ASK);
            test.script("a", _ -> {
                Interruption watching = request.watching;
                assertThat(watching).isNotNull();
                watching.clientGone();
                return test.exchange().fails(ErrorKind.UPSTREAM_RESET);
            });
            test.chat(request, new FakeAnswer());

            assertThat(test.lastFailure()).isEqualTo(ErrorKind.CLIENT_GONE);
            assertThat(test.asked).containsExactly("a");
            assertThat(test.state("a")).isEqualTo("closed");
        }
    }

    @Test
    void firstTargetWhoseModelHasNoRoom_isPassedOver_andWithoutRoomAnywhereItsRefusalIsTold() {
        String limits = "models: {m1: {requests-per-minute: 1}, big: {requests-per-minute: 1}}";
        try (TestPipeline test = withFallback(limits, "", "")) {
            test.answers("a", 200, WHOLE).answers("b", 200, WHOLE);
            assertThat(test.chat(ASK).sent.getFirst()).startsWith("200 ");
            assertThat(test.chat(ASK).sent.getFirst()).startsWith("200 ");
            FakeAnswer refused = test.chat(ASK);

            assertThat(refused.sent.getFirst()).startsWith("429 ").contains("m1");
            assertThat(test.asked).containsExactly("a", "b");
        }
    }
}
