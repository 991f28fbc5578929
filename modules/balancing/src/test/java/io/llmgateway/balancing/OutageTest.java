package io.llmgateway.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.balancing.InstanceStatus.Condition;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import io.llmgateway.testing.FakeClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who finds out that an instance is back, whose reports count, and what a route with another target does meanwhile. */
class OutageTest {
    private static final ProviderName PROVIDER = new ProviderName("p");

    private final FakeClock clock = new FakeClock();

    private static GatewaySettings settings(String more, String... instances) {
        StringBuilder text =
                new StringBuilder("keys: [{name: me, key: a-key-for-this-test}]\nproviders:\n  p:\n    type: openai\n");
        more.lines().forEach(line -> text.append("    ").append(line).append('\n'));
        text.append("    instances:\n");
        for (String instance : instances) {
            text.append("      - {base-url: \"http://h.example\", ")
                    .append(instance)
                    .append("}\n");
        }
        LoadResult result = SettingsLoader.load("test", text.toString(), Path.of(""), Sources.of(Map.of()));
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        return ((LoadResult.Loaded) result).settings();
    }

    private Balancer balancer(String more, String... instances) {
        return new Balancer(settings(more, instances), clock, () -> new Random(1));
    }

    private static Lease begin(Balancer balancer) {
        return balancer.choose(PROVIDER, Set.of());
    }

    private static void fail(Balancer balancer, int times) {
        for (int i = 0; i < times; i++) {
            try (Lease lease = begin(balancer)) {
                lease.failed(ErrorKind.UPSTREAM_SERVER);
            }
        }
    }

    private static Condition condition(Balancer balancer) {
        return balancer.statuses().getFirst().condition();
    }

    @Nested
    class LastTarget {
        @ParameterizedTest
        @ValueSource(strings = {"try", "wait"})
        void everyInstanceOut_andAnotherTargetLeft_isNeitherTriedNorWaitedFor(String whenAllUnhealthy) {
            Balancer balancer =
                    balancer("balancing: {when-all-unhealthy: " + whenAllUnhealthy + ", max-wait: 10m}", "name: a");
            fail(balancer, 3);
            Lease lease = new Lease();

            for (int i = 0; i < 1_800; i++) {
                assertThatThrownBy(() -> balancer.choose(lease, PROVIDER, Set.of(), null, false))
                        .isInstanceOf(GatewayException.class)
                        .hasMessageContaining("1 out after failures");
            }
            assertThat(balancer.statuses().getFirst().failed()).isEqualTo(3);
        }

        @Test
        void everyInstanceOut_andNoTargetLeft_isTried() {
            Balancer balancer = balancer("", "name: a");
            fail(balancer, 3);
            try (Lease lease = new Lease()) {
                balancer.choose(lease, PROVIDER, Set.of(), null, true);

                assertThat(lease.instance().name()).isEqualTo(new InstanceName("a"));
            }
        }

        @Test
        void outageOver_isFoundOutAlthoughAnotherTargetIsLeft() {
            Balancer balancer = balancer("", "name: a");
            fail(balancer, 3);
            clock.advance(Duration.ofSeconds(7));
            try (Lease lease = new Lease()) {
                balancer.choose(lease, PROVIDER, Set.of(), null, false);
                lease.succeeded();
            }

            assertThat(condition(balancer)).isEqualTo(Condition.CLOSED);
        }
    }

    @Nested
    class Trials {
        @Test
        void firstContent_endsTheTrial_howeverLongTheAnswerGoesOn() {
            Balancer balancer = balancer("balancing: {when-all-unhealthy: refuse}", "name: a");
            fail(balancer, 3);
            clock.advance(Duration.ofSeconds(7));
            try (Lease trial = begin(balancer)) {
                assertThat(condition(balancer)).isEqualTo(Condition.TRIAL);
                trial.succeeded();

                assertThat(condition(balancer)).isEqualTo(Condition.CLOSED);
                begin(balancer).close();
            }
        }

        @Test
        void trialCutAfterItsFirstContent_countsOneFailure_andDoesNotOpenAgain() {
            Balancer balancer = balancer("", "name: a");
            fail(balancer, 3);
            clock.advance(Duration.ofSeconds(7));
            try (Lease trial = begin(balancer)) {
                trial.succeeded();
                trial.failedAfterCommit(ErrorKind.UPSTREAM_INTERRUPTED);
                trial.failedAfterCommit(ErrorKind.UPSTREAM_INTERRUPTED);
            }

            assertThat(condition(balancer)).isEqualTo(Condition.CLOSED);
            assertThat(balancer.statuses().getFirst().failed()).isEqualTo(4);
            assertThat(balancer.statuses().getFirst().succeeded()).isZero();
            fail(balancer, 2);
            assertThat(condition(balancer)).isEqualTo(Condition.OPEN);
        }

        @Test
        void everyAnswerCutAfterItsFirstContent_opensTheBreaker() {
            Balancer balancer = balancer("", "name: a");
            for (int i = 0; i < 3; i++) {
                try (Lease lease = begin(balancer)) {
                    lease.succeeded();
                    lease.failedAfterCommit(ErrorKind.UPSTREAM_INTERRUPTED);
                }
            }

            assertThat(condition(balancer)).isEqualTo(Condition.OPEN);
        }

        @Test
        void share_countsAnAnswerCutAfterItsFirstContentAsAFailureAlone() {
            Balancer balancer = balancer(
                    "circuit-breaker: {consecutive-failures: 1000, failure-rate: 75, min-requests: 4}", "name: a");
            for (int i = 0; i < 4; i++) {
                try (Lease lease = begin(balancer)) {
                    lease.succeeded();
                    if (i > 0) {
                        lease.failedAfterCommit(ErrorKind.UPSTREAM_RESET);
                    }
                }
            }

            assertThat(condition(balancer)).isEqualTo(Condition.OPEN);
        }

        @Test
        void manyTriedAnyway_allFailing_lengthenTheOutageOnce() {
            Balancer balancer = balancer("", "name: a");
            fail(balancer, 3);
            List<Lease> leases = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                leases.add(begin(balancer));
            }
            for (Lease lease : leases) {
                lease.failed(ErrorKind.UPSTREAM_SERVER);
                lease.close();
            }

            // twice 5 seconds, a fifth more at most
            assertThat(balancer.statuses().getFirst().backIn()).isLessThanOrEqualTo(Duration.ofSeconds(12));
        }

        @Test
        void abandonedAttempt_triedAnyway_doesNotLetASecondTrialIn() {
            Balancer balancer = balancer("", "name: a");
            fail(balancer, 3);
            Lease anyway = begin(balancer);
            clock.advance(Duration.ofSeconds(7));
            try (Lease trial = begin(balancer)) {
                anyway.close();

                assertThat(condition(balancer)).isEqualTo(Condition.TRIAL);
                assertThat(trial.instance().name()).isEqualTo(new InstanceName("a"));
            }
        }
    }

    @Nested
    class BegunBefore {
        @Test
        void success_closesNoBreakerThatOpenedMeanwhile() {
            Balancer balancer = balancer("", "name: a");
            try (Lease early = begin(balancer)) {
                fail(balancer, 3);
                early.succeeded();
            }

            assertThat(condition(balancer)).isEqualTo(Condition.OPEN);
        }

        @Test
        void success_shortensNoSuspension() {
            Balancer balancer = balancer("", "name: a");
            try (Lease early = begin(balancer)) {
                try (Lease refused = begin(balancer)) {
                    refused.failed(ErrorKind.UPSTREAM_RATE_LIMIT, Optional.of(Duration.ofSeconds(40)));
                }
                fail(balancer, 3);
                early.succeeded();
            }

            assertThat(balancer.statuses().getFirst().backIn()).isEqualTo(Duration.ofSeconds(40));
        }

        @Test
        void trial_closesTheBreaker_butKeepsWhatTheInstanceAskedForMeanwhile() {
            Balancer balancer = balancer("", "name: a");
            Lease early = begin(balancer);
            fail(balancer, 3);
            clock.advance(Duration.ofSeconds(7));
            try (Lease trial = begin(balancer)) {
                early.failed(ErrorKind.UPSTREAM_RATE_LIMIT, Optional.of(Duration.ofSeconds(40)));
                early.close();
                trial.succeeded();
            }

            assertThat(condition(balancer)).isEqualTo(Condition.COOLING_DOWN);
        }

        @Test
        void probe_closesTheBreaker_butShortensNoSuspension() {
            Balancer balancer = balancer("health-check: {mode: always}", "name: a");
            var due = balancer.dueForProbe().getFirst();
            fail(balancer, 3);
            try (Lease lease = begin(balancer)) {
                lease.failed(ErrorKind.UPSTREAM_AUTHENTICATION);
            }
            balancer.probed(due, Optional.empty());

            assertThat(condition(balancer)).isEqualTo(Condition.COOLING_DOWN);
        }

        @Test
        void failures_doNotOpenWhatATrialHasClosed() {
            Balancer balancer = balancer("", "name: a");
            List<Lease> early = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                early.add(begin(balancer));
            }
            fail(balancer, 3);
            clock.advance(Duration.ofSeconds(7));
            try (Lease trial = begin(balancer)) {
                trial.succeeded();
            }
            for (Lease lease : early) {
                lease.failed(ErrorKind.TIMEOUT_FIRST_TOKEN);
                lease.close();
            }

            assertThat(condition(balancer)).isEqualTo(Condition.CLOSED);
        }
    }
}
