package io.llmgateway.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.balancing.InstanceStatus.Condition;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.ProviderName;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import io.llmgateway.testing.FakeClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a health check can say that does not know, and who finds out then. */
class HealthCheckTest {
    private static final ProviderName PROVIDER = new ProviderName("p");

    private final FakeClock clock = new FakeClock();

    private Balancer balancer(String mode) {
        String text = """
                keys: [{name: me, key: a-key-for-this-test}]
                providers:
                  p:
                    type: openai
                    health-check: {mode: %s, interval: 1s}
                    instances:
                      - {base-url: "http://h.example", name: a}
                      - {base-url: "http://h.example", name: b}
                """.formatted(mode);
        LoadResult result = SettingsLoader.load("test", text, Path.of(""), Sources.of(Map.of()));
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        GatewaySettings settings = ((LoadResult.Loaded) result).settings();
        return new Balancer(settings, clock, () -> new Random(1));
    }

    private static Condition condition(Balancer balancer) {
        return balancer.statuses().getFirst().condition();
    }

    /** So many requests: those of {@code a} fail, or all are answered; gives how many reached {@code a}. */
    private static int ask(Balancer balancer, int times, boolean fails) {
        int reached = 0;
        for (int i = 0; i < times; i++) {
            try (Lease lease = balancer.choose(PROVIDER, Set.of())) {
                boolean first = lease.instance().name().value().equals("a");
                reached += first ? 1 : 0;
                if (first && fails) {
                    lease.failed(ErrorKind.UPSTREAM_SERVER);
                } else {
                    lease.succeeded();
                }
            }
        }
        return reached;
    }

    private static void open(Balancer balancer) {
        ask(balancer, 20, true);
        assertThat(condition(balancer)).isEqualTo(Condition.OPEN);
    }

    private void checkEverySecond(Balancer balancer, int seconds, Optional<ErrorKind> found) {
        for (int i = 0; i < seconds; i++) {
            clock.advance(Duration.ofSeconds(1));
            balancer.dueForProbe().forEach(due -> {
                if (due.instance().name().value().equals("a")) {
                    balancer.probed(due, found);
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorKind.class,
            names = {
                "UPSTREAM_AUTHENTICATION",
                "UPSTREAM_RATE_LIMIT",
                "BAD_REQUEST",
                "OVERLOADED",
                "UPSTREAM_SERVER",
                "UPSTREAM_RESET",
                "UPSTREAM_MALFORMED",
                "TIMEOUT_FIRST_TOKEN",
                "TIMEOUT_TOTAL"
            })
    void instanceIsWellAndItsCheckIsNot_comesBackByALiveRequest(ErrorKind check) {
        Balancer balancer = balancer("when-open");
        open(balancer);

        checkEverySecond(balancer, 7, Optional.of(check));
        ask(balancer, 4, false);

        assertThat(condition(balancer)).isEqualTo(Condition.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorKind.class,
            names = {"UPSTREAM_AUTHENTICATION", "UPSTREAM_SERVER", "TIMEOUT_TOTAL"})
    void instanceThatFailsItsTrials_isAskedByOneRequestPerOutageOnly(ErrorKind check) {
        Balancer balancer = balancer("when-open");
        open(balancer);
        int reached = 0;

        for (int second = 0; second < 60; second++) {
            checkEverySecond(balancer, 1, Optional.of(check));
            reached += ask(balancer, 4, true);
        }

        // 5, 10, 20, 40 seconds, a fifth more or less
        assertThat(reached).isBetween(2, 4);
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorKind.class,
            names = {"UPSTREAM_CONNECT", "TIMEOUT_CONNECT"})
    void serverThatIsNotThere_isNotTriedByALiveRequest_untilACheckReachesIt(ErrorKind check) {
        Balancer balancer = balancer("when-open");
        open(balancer);

        checkEverySecond(balancer, 300, Optional.of(check));
        clock.advance(Duration.ofHours(1));
        assertThat(ask(balancer, 8, false)).isZero();
        checkEverySecond(balancer, 1, Optional.of(check));
        checkEverySecond(balancer, 1, Optional.of(ErrorKind.UPSTREAM_AUTHENTICATION));
        assertThat(ask(balancer, 8, false)).isPositive();

        assertThat(condition(balancer)).isEqualTo(Condition.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorKind.class,
            names = {"UPSTREAM_AUTHENTICATION", "UPSTREAM_RATE_LIMIT", "BAD_REQUEST", "OVERLOADED"})
    void always_checkThatIsRefusedForAnotherReason_takesNothingOut(ErrorKind check) {
        Balancer balancer = balancer("always");

        checkEverySecond(balancer, 20, Optional.of(check));

        assertThat(condition(balancer)).isEqualTo(Condition.CLOSED);
    }

    @Test
    void always_serverThatFailsItsChecks_isTakenOut() {
        Balancer balancer = balancer("always");

        checkEverySecond(balancer, 3, Optional.of(ErrorKind.UPSTREAM_SERVER));

        assertThat(condition(balancer)).isEqualTo(Condition.OPEN);
    }

    @Test
    void checkDuringATrial_doesNotLetASecondOneIn() {
        Balancer balancer = balancer("when-open");
        open(balancer);
        checkEverySecond(balancer, 7, Optional.of(ErrorKind.UPSTREAM_SERVER));
        try (Lease first = balancer.choose(PROVIDER, Set.of());
                Lease second = balancer.choose(PROVIDER, Set.of())) {
            assertThat(condition(balancer)).isEqualTo(Condition.TRIAL);

            checkEverySecond(balancer, 1, Optional.of(ErrorKind.UPSTREAM_SERVER));
            checkEverySecond(balancer, 1, Optional.of(ErrorKind.UPSTREAM_CONNECT));
            checkEverySecond(balancer, 1, Optional.of(ErrorKind.UPSTREAM_AUTHENTICATION));

            assertThat(condition(balancer)).isEqualTo(Condition.TRIAL);
            first.succeeded();
            second.succeeded();
        }
        assertThat(condition(balancer)).isEqualTo(Condition.CLOSED);
    }
}
