package io.llmgateway.pipeline;

import static io.llmgateway.pipeline.TestPipeline.ASK;
import static io.llmgateway.pipeline.TestPipeline.ASK_STREAM;
import static io.llmgateway.pipeline.TestPipeline.DONE;
import static io.llmgateway.pipeline.TestPipeline.FIRST;
import static io.llmgateway.pipeline.TestPipeline.LAST;
import static io.llmgateway.pipeline.TestPipeline.USAGE;
import static io.llmgateway.pipeline.TestPipeline.WHOLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.CallerFault;
import io.llmgateway.model.ErrorKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens where two conditions meet: each test is named after what went wrong once, or would. */
class RequestPipelineTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void wholeAnswer_isRelayedAndAccounted() {
        try (TestPipeline test = TestPipeline.openAi("tokens-per-minute: 100k, concurrent: 2", "a")) {
            test.answers("a", 200, WHOLE);
            FakeAnswer answer = test.chat(ASK);

            assertThat(answer.all()).isEqualTo("200 " + WHOLE);
            assertThat(answer.headers).containsEntry("x-gateway-instance", "a").containsKey("x-request-id");
            assertThat(test.records.getFirst().usage().total()).isEqualTo(10);
            assertThat(test.left("tokens-per-minute")).isEqualTo(99_990);
            assertThat(test.left("concurrent")).isEqualTo(2);
        }
    }

    @Test
    void stream_isRelayedAndAccounted_andItsConnectionIsKept() {
        try (TestPipeline test = TestPipeline.openAi("tokens-per-minute: 100k, concurrent: 2", "a")) {
            FakeExchange exchange =
                    test.exchange().sends(FIRST).sends(LAST + USAGE).sends(DONE);
            test.script("a", _ -> exchange);
            FakeAnswer answer = test.chat(ASK_STREAM);

            assertThat(answer.all())
                    .isEqualTo(
                            "begin 200 text/event-stream; charset=utf-8|" + FIRST + "|" + LAST + "|" + DONE + "|end");
            assertThat(test.left("tokens-per-minute")).isEqualTo(99_990);
            assertThat(exchange.events).containsExactly("drained", "closed");
        }
    }

    @Test
    void providerThatLingersAfterItsEnd_doesNotTurnAGoodAnswerIntoAnError() {
        try (TestPipeline test = TestPipeline.openAi("", "a")) {
            test.script(
                    "a",
                    _ -> test.exchange()
                            .sends(FIRST + LAST + USAGE)
                            .sends(DONE)
                            .isSilentFor(Duration.ofHours(1))
                            .fails(ErrorKind.TIMEOUT_IDLE));
            FakeAnswer answer = test.chat(ASK_STREAM);

            assertThat(answer.sent.getLast()).isEqualTo("end");
            assertThat(answer.all()).doesNotContain("error");
            assertThat(test.lastFailure()).isNull();
            assertThat(test.records.getFirst().estimated()).isFalse();
            assertThat(test.state("a")).isEqualTo("closed");
        }
    }

    @Test
    void slowClient_isNotTheProvidersSilence() {
        try (TestPipeline test = TestPipeline.openAi("", "a")) {
            test.script("a", _ -> test.exchange().sends(FIRST).sends(FIRST).sends(LAST + DONE));
            FakeAnswer slow = new FakeAnswer().beforeWrite(() -> test.clock.advance(Duration.ofMinutes(3)));
            test.chat(new FakeRequest(Endpoint.CHAT_COMPLETIONS, ASK_STREAM), slow);

            assertThat(slow.sent.getLast()).isEqualTo("end");
            assertThat(test.lastFailure()).isNull();
            assertThat(test.state("a")).isEqualTo("closed");
        }
    }

    @Test
    void commentsDoNotKeepADeadStreamAlive_butNobodyIsBlamedAfterContent() {
        try (TestPipeline test = TestPipeline.openAi("", "a")) {
            FakeExchange dead = test.exchange().sends(FIRST);
            for (int i = 0; i < 9; i++) {
                dead.isSilentFor(Duration.ofSeconds(10)).sends(": ping\n\n");
            }
            test.script("a", _ -> dead);
            FakeAnswer answer = test.chat(ASK_STREAM);

            assertThat(test.lastFailure()).isEqualTo(ErrorKind.TIMEOUT_IDLE);
            assertThat(answer.all()).contains("timeout_idle").endsWith("[DONE]\n\n|end");
            assertThat(test.state("a")).isEqualTo("closed");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorKind.class,
            names = {"UPSTREAM_RESET", "UPSTREAM_INTERRUPTED", "TIMEOUT_TOTAL"})
    void largeWholeAnswerThatIsCut_isCutForTheClient_neverEndedWithAnEvent(ErrorKind kind) {
        try (TestPipeline test = TestPipeline.openAi("", "a")) {
            String large = WHOLE.replace("hello", "z".repeat(100_000));
            test.script(
                    "a", _ -> test.exchange().sends(large.substring(0, 90_000)).fails(kind));
            FakeAnswer answer = test.chat(ASK);

            assertThat(answer.sent.getFirst()).isEqualTo("begin 200 application/json");
            assertThat(answer.all())
                    .doesNotContain("data:")
                    .doesNotContain("error")
                    .endsWith("abort");
            assertThat(test.lastFailure()).isEqualTo(kind);
        }
    }

    @Test
    void streamThatIsCut_tellsTheClientInItsProtocol() {
        try (TestPipeline test = TestPipeline.openAi("", "a")) {
            test.script("a", _ -> test.exchange().sends(FIRST).fails(ErrorKind.UPSTREAM_RESET));
            FakeAnswer answer = test.chat(ASK_STREAM);

            assertThat(answer.sent.get(1)).isEqualTo(FIRST);
            assertThat(answer.sent.get(2)).startsWith("data: {\"error\"").contains("stream_interrupted");
            assertThat(answer.sent.getLast()).isEqualTo("end");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorKind.class,
            names = {"TIMEOUT_TOTAL", "TIMEOUT_FIRST_TOKEN", "UPSTREAM_RESET", "CLIENT_GONE"})
    void requestThatIsLostWhileTheProviderWorks_costsSomething(ErrorKind kind) {
        try (TestPipeline test = TestPipeline.openAi("tokens-per-minute: 100k", "a")) {
            test.fails("a", kind);
            test.chat(ASK);

            assertThat(test.records.getLast().estimated()).isTrue();
            assertThat(test.records.getLast().usage().input()).isEqualTo(ASK.length() / 4);
            assertThat(test.left("tokens-per-minute")).isLessThan(100_000);
        }
    }

    @Test
    void requestThatNeverReachedAProvider_costsNothing() {
        try (TestPipeline test = TestPipeline.openAi("tokens-per-minute: 100k", "a")) {
            test.fails("a", ErrorKind.UPSTREAM_CONNECT);
            test.chat(ASK);

            assertThat(test.records.getLast().usage().total()).isZero();
            assertThat(test.left("tokens-per-minute")).isEqualTo(100_000);
        }
    }

    @Test
    void usageOfAFailedAttempt_isNotThatOfTheNext() {
        try (TestPipeline test = TestPipeline.openAi("", "a", "b")) {
            test.script(
                    "a",
                    _ -> test.exchange().sends(USAGE.replace("7", "700000")).fails(ErrorKind.UPSTREAM_RESET));
            test.script("b", _ -> test.exchange().sends(FIRST + LAST + DONE));
            test.chat(ASK_STREAM);

            assertThat(test.asked).containsExactly("a", "b");
            assertThat(test.records.getLast().usage().input()).isEqualTo(ASK_STREAM.length() / 4);
        }
    }

    @Test
    void overhead_isTheTimeToTheAnswersBeginning_withoutClientsAndProviders() {
        try (TestPipeline test = TestPipeline.openAi("", "a", "b")) {
            test.script("a", _ -> {
                test.clock.advance(MINUTE);
                return test.exchange().status(500).sends("{}");
            });
            test.script(
                    "b",
                    _ -> test.exchange()
                            .isSilentFor(Duration.ofSeconds(7))
                            .sends(FIRST)
                            .isSilentFor(Duration.ofSeconds(30))
                            .sends(LAST + DONE));
            FakeRequest slow = new FakeRequest(Endpoint.CHAT_COMPLETIONS, ASK_STREAM)
                    .whenRead(() -> test.clock.advance(Duration.ofSeconds(20)));
            FakeAnswer answer = test.chat(slow, new FakeAnswer().beforeWrite(() -> test.clock.advance(MINUTE)));

            assertThat(test.last().times().overhead()).isZero();
            assertThat(answer.headers).containsEntry("x-gateway-overhead-us", "0");
            assertThat(Duration.ofNanos(test.last().times().firstToken())).isEqualTo(Duration.ofSeconds(87));
            assertThat(Duration.ofNanos(test.last().times().duration())).isGreaterThan(Duration.ofSeconds(117));
        }
    }

    @Test
    void hugeNumbers_giveEveryPlaceBack() {
        try (TestPipeline test = TestPipeline.openAi("tokens-per-minute: 100k, concurrent: 1", "a")) {
            test.answers("a", 200, WHOLE);
            for (String more : new String[] {"4611686018427387904,\"n\":2", "9223372036854775807,\"n\":8"}) {
                for (int i = 0; i < 3; i++) {
                    FakeAnswer answer = test.chat(ASK.replace("100", more));
                    assertThat(answer.sent.getFirst()).startsWith("200 ");
                }
            }
            assertThat(test.left("concurrent")).isEqualTo(1);
            assertThat(test.left("tokens-per-minute")).isEqualTo(100_000 - 60);
        }
    }

    @Test
    void keyWithoutAPlace_isRefusedBeforeItsBodyIsRead() {
        try (TestPipeline test = TestPipeline.openAi("concurrent: 1, requests-per-minute: 10", "a")) {
            test.script("a", _ -> {
                FakeRequest second = new FakeRequest(Endpoint.CHAT_COMPLETIONS, ASK).whenRead(() -> {
                    throw new AssertionError("read although there was no place");
                });
                FakeAnswer answer = new FakeAnswer();
                test.pipeline.handle(second, answer);
                assertThat(answer.sent.getFirst()).startsWith("429 ").contains("concurrent");
                return test.exchange().sends(WHOLE);
            });
            assertThat(test.chat(ASK).sent.getFirst()).startsWith("200 ");
            assertThat(test.left("requests-per-minute")).isEqualTo(9);
            assertThat(test.left("concurrent")).isEqualTo(1);
        }
    }

    @Test
    void stackOverflow_isADefect_neverOk() {
        try (TestPipeline test = TestPipeline.openAi("concurrent: 1", "a")) {
            test.script("a", _ -> {
                throw new StackOverflowError("as scripted");
            });
            FakeAnswer answer = test.chat(ASK);

            assertThat(answer.sent.getFirst()).startsWith("500 ").doesNotContain("StackOverflow");
            assertThat(test.lastFailure()).isEqualTo(ErrorKind.INTERNAL);
            assertThat(test.records.getLast().end()).isEqualTo("internal");
            assertThat(test.left("concurrent")).isEqualTo(1);
        }
    }

    @Test
    void missingClassWhileStreaming_endsTheStreamWithAnError() {
        try (TestPipeline test = TestPipeline.openAi("concurrent: 1", "a")) {
            test.script("a", _ -> test.exchange().sends(FIRST).sends(LAST + DONE));
            int[] writes = {0};
            FakeAnswer answer = new FakeAnswer().beforeWrite(() -> {
                if (++writes[0] == 2) {
                    throw new NoClassDefFoundError("as scripted");
                }
            });
            test.chat(new FakeRequest(Endpoint.CHAT_COMPLETIONS, ASK_STREAM), answer);

            assertThat(answer.all()).contains("data: {\"error\"").endsWith("end");
            assertThat(test.lastFailure()).isEqualTo(ErrorKind.INTERNAL);
            assertThat(test.left("concurrent")).isEqualTo(1);
        }
    }

    @Test
    void pathThatIsNotServed_isLoggedWithItsKey() {
        try (TestPipeline test = TestPipeline.openAi("", "a")) {
            String why = NearestPath.message("/v1/respones", Endpoint.CHAT_COMPLETIONS, false);
            FakeAnswer answer = new FakeAnswer();
            test.pipeline.refuse(
                    new FakeRequest(Endpoint.CHAT_COMPLETIONS, ""), new CallerFault.UnknownPath(why), answer);

            assertThat(answer.sent.getFirst()).startsWith("404 ").contains("/v1/respones");
            assertThat(String.valueOf(test.last().caller().key())).isEqualTo("k");
            assertThat(test.last().ending().message()).contains("/v1/respones");

            FakeRequest unknown = new FakeRequest(Endpoint.CHAT_COMPLETIONS, "").with("authorization", "Bearer nobody");
            FakeAnswer other = new FakeAnswer();
            test.pipeline.refuse(unknown, new CallerFault.UnknownPath(why), other);
            assertThat(other.sent.getLast()).startsWith("404 ");
            assertThat(test.last().caller().key()).isNull();
        }
    }

    @Test
    void ledgerThatThrows_keepsNothingFromLimitsAndLog() {
        try (TestPipeline test = TestPipeline.openAi("concurrent: 1", "a")) {
            test.answers("a", 200, WHOLE);
            test.ledgerFault = new IllegalStateException("as scripted");
            assertThat(test.chat(ASK).sent.getFirst()).startsWith("200 ");

            assertThat(test.events).hasSize(1);
            assertThat(test.left("concurrent")).isEqualTo(1);
        }
    }

    @Test
    void clientThatLeaves_isNotTheInstancesFault_andGivesItsPlaceBack() {
        try (TestPipeline test = TestPipeline.openAi("concurrent: 1", "a")) {
            test.script("a", _ -> test.exchange().sends(FIRST).sends(LAST + DONE));
            FakeAnswer gone = new FakeAnswer().gone();
            test.chat(new FakeRequest(Endpoint.CHAT_COMPLETIONS, ASK_STREAM), gone);

            assertThat(test.lastFailure()).isEqualTo(ErrorKind.CLIENT_GONE);
            assertThat(gone.sent.getLast()).isEqualTo("abort");
            assertThat(test.left("concurrent")).isEqualTo(1);
            assertThat(test.state("a")).isEqualTo("closed");
        }
    }

    @Test
    void longTextsOfClients_areClippedWhereTheyAreKept() {
        try (TestPipeline test = TestPipeline.openAi("", "a")) {
            test.answers("a", 200, WHOLE);
            String model = "x".repeat(100_000);
            test.chat(
                    new FakeRequest(Endpoint.CHAT_COMPLETIONS, ASK.replace("\"m\"", '"' + model + '"'))
                            .with("x-session-id", "s".repeat(10_000))
                            .with("x-client-request-id", "r".repeat(10_000)),
                    new FakeAnswer());

            assertThat(test.last().asked().model()).hasSize(RequestRecord.MAX_TEXT);
            assertThat(test.last().caller().session()).hasSize(RequestRecord.MAX_TEXT);
            assertThat(test.last().caller().clientRequestId()).hasSize(RequestRecord.MAX_TEXT);
        }
    }
}
