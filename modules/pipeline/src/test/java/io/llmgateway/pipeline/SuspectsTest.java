package io.llmgateway.pipeline;

import static io.llmgateway.pipeline.TestPipeline.ASK;
import static io.llmgateway.pipeline.TestPipeline.WHOLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.ErrorKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose fault a server's own failure is: the instance's, or that of the request that brings it everywhere. */
class SuspectsTest {
    private static final String[] NAMES = {"a", "b", "c"};

    /** What the instances answer when they are asked for the bad thing; null: an answer. */
    private boolean bad;

    /** Three instances of one priority; the provider two behind them when there is a fallback. */
    private static TestPipeline three(String fallback) {
        return new TestPipeline("", """
                providers:
                  p:
                    type: openai
                    balancing: {policy: round-robin}
                    health-check: {mode: off}
                    instances:
                      - {name: a, base-url: "http://a"}
                      - {name: b, base-url: "http://b"}
                      - {name: c, base-url: "http://c"}
                  two: {type: openai, instances: [{name: d, base-url: "http://d"}]}
                routing: {rules: {big: two}, models: {m: {targets: [{provider: p, model: m1}]%s}}}
                """.formatted(fallback));
    }

    private void everyone(TestPipeline test, String body) {
        for (String name : NAMES) {
            test.script(
                    name,
                    _ -> bad
                            ? test.exchange().status(500).sends(body.formatted(name.charAt(0) * 7))
                            : test.exchange().sends(WHOLE));
        }
    }

    private FakeAnswer ask(TestPipeline test, boolean theBadThing) {
        bad = theBadThing;
        return test.chat(ASK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Internal Server Error",
                "{\"error\":{\"code\":500,\"message\":\"no such thing as image\",\"type\":\"server_error\"}}",
                "{\"error\":{\"message\":\"unexpected tensor shape (request 0x%1$d)\"}}"
            })
    void whatTwoInstancesFailAt_thatWorkForOthers_isTheRequests(String body) {
        try (TestPipeline test = three("")) {
            everyone(test, body);
            for (int i = 0; i < 20; i++) {
                ask(test, false);
                ask(test, false);
                ask(test, false);
                FakeAnswer refused = ask(test, true);

                assertThat(refused.sent.getFirst()).startsWith("400 ");
                assertThat(refused.headers).containsEntry("x-should-retry", "false");
                assertThat(test.last().attempts()).hasSize(2);
                assertThat(test.lastFailure()).isEqualTo(ErrorKind.BAD_REQUEST);
            }
            assertThat(NAMES).allMatch(name -> test.state(name).equals("closed"));
        }
    }

    @Test
    void failuresWithoutAnswersToOthers_areTheInstances() {
        try (TestPipeline test = three("")) {
            everyone(test, "Internal Server Error");
            for (int i = 0; i < 4; i++) {
                assertThat(ask(test, true).sent.getFirst()).startsWith("500 ");
            }
            assertThat(NAMES).allMatch(name -> test.state(name).equals("open"));
        }
    }

    @Test
    void instanceThatFailsAlone_isTakenOut() {
        try (TestPipeline test = three("")) {
            everyone(test, "x");
            test.answers("b", 500, "Internal Server Error");
            for (int i = 0; i < 12; i++) {
                assertThat(ask(test, false).sent.getFirst()).startsWith("200 ");
            }
            assertThat(test.state("b")).isEqualTo("open");
            assertThat(test.state("a")).isEqualTo("closed");
        }
    }

    @Test
    void differentFailures_areTheInstances() {
        try (TestPipeline test = three("")) {
            everyone(test, "x");
            for (int i = 0; i < 3; i++) {
                ask(test, false);
            }
            test.answers("a", 500, "disk full")
                    .answers("b", 500, "out of memory")
                    .answers("c", 500, "no route");
            for (int i = 0; i < 4; i++) {
                assertThat(ask(test, true).sent.getFirst()).startsWith("500 ");
            }
            assertThat(NAMES).allMatch(name -> test.state(name).equals("open"));
        }
    }

    @Test
    void outageOfAllInstances_isSoonSeen_andTheFallbackServesMeanwhile() {
        try (TestPipeline test = three(", fallbacks: [big]")) {
            everyone(test, "Internal Server Error");
            test.answers("d", 200, WHOLE);
            for (int i = 0; i < 9; i++) {
                ask(test, false);
            }
            for (int i = 0; i < 30; i++) {
                assertThat(ask(test, true).sent.getFirst()).startsWith("200 ");
            }
            assertThat(NAMES).allMatch(name -> test.state(name).equals("open"));
        }
    }

    @Test
    void trialOfAnInstanceThatIsOut_isNotUsedUpByABadRequest() {
        try (TestPipeline test = three("")) {
            everyone(test, "Internal Server Error");
            test.fails("a", ErrorKind.UPSTREAM_CONNECT);
            for (int i = 0; i < 12; i++) {
                ask(test, false);
            }
            assertThat(test.state("a")).isEqualTo("open");
            everyone(test, "Internal Server Error");
            test.clock.advance(Duration.ofSeconds(7));
            ask(test, true);
            for (int i = 0; i < 12; i++) {
                assertThat(ask(test, false).sent.getFirst()).startsWith("200 ");
            }
            assertThat(test.state("a")).isEqualTo("closed");
        }
    }

    /** A firewall in front of a provider refuses what stands in a prompt: no client may take instances out by it. */
    @Test
    void firewallsPage_forTheSameRequestEverywhere_isHidden_andTakesNoInstanceOut() {
        try (TestPipeline test = three("")) {
            for (String name : NAMES) {
                test.script(
                        name,
                        _ -> bad
                                ? test.exchange().status(403).sends("<html>Cloudflare: blocked 10.2.3.4</html>")
                                : test.exchange().sends(WHOLE));
            }
            for (int i = 0; i < 20; i++) {
                ask(test, false);
                ask(test, false);
                ask(test, false);
                FakeAnswer refused = ask(test, true);

                assertThat(String.join("", refused.sent)).doesNotContain("Cloudflare", "10.2.3.4");
                assertThat(test.last().attempts()).hasSize(2);
                assertThat(test.lastFailure()).isEqualTo(ErrorKind.UPSTREAM_AUTHENTICATION);
            }
            assertThat(NAMES).allMatch(name -> test.state(name).equals("closed"));
        }
    }

    @Test
    void firewallsPage_fromOneInstance_isAnsweredByAnother() {
        try (TestPipeline test = three("")) {
            for (String name : NAMES) {
                test.script(
                        name,
                        _ -> name.equals("a")
                                ? test.exchange().status(403).sends("<html>Cloudflare</html>")
                                : test.exchange().sends(WHOLE));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(ask(test, false).sent.getFirst()).startsWith("200 ");
            }
            assertThat(test.state("a")).isEqualTo("open");
        }
    }
}
