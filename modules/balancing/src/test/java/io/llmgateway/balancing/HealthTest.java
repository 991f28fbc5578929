package io.llmgateway.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Breakers, benches, policies, sessions and the waiting line, with time under control. */
class HealthTest {
    private static final ProviderName PROVIDER = new ProviderName("p");

    private final FakeClock clock = new FakeClock();

    private static GatewaySettings settings(String more, String... instances) {
        StringBuilder text = new StringBuilder(
                "keys: [{name: me, key: a-key-for-this-test}]\nproviders:\n  p:\n" + "    type: openai\n");
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

    private static String choose(Balancer balancer, String session) {
        try (Lease lease = balancer.choose(PROVIDER, Set.of(), session)) {
            lease.succeeded();
            return lease.instance().name().value();
        }
    }

    private static void fail(Balancer balancer, ErrorKind kind, String only, int times) {
        for (int i = 0; i < times; i++) {
            Set<InstanceName> others = new HashSet<>();
            balancer.statuses().forEach(status -> others.add(status.instance()));
            others.remove(new InstanceName(only));
            try (Lease lease = balancer.choose(PROVIDER, others)) {
                lease.failed(kind);
            }
        }
    }

    private static Condition condition(Balancer balancer, String name) {
        return balancer.statuses().stream()
                .filter(status -> status.instance().value().equals(name))
                .findFirst()
                .orElseThrow()
                .condition();
    }

    @Test
    void failuresInARow_openTheBreaker_andOneTrialClosesIt() {
        Balancer balancer = balancer("", "name: a", "name: b");
        fail(balancer, ErrorKind.UPSTREAM_SERVER, "a", 3);

        assertThat(condition(balancer, "a")).isEqualTo(Condition.OPEN);
        for (int i = 0; i < 10; i++) {
            assertThat(choose(balancer, null)).isEqualTo("b");
        }
        clock.advance(Duration.ofSeconds(7));
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            seen.add(choose(balancer, null));
        }
        assertThat(seen).containsExactlyInAnyOrder("a", "b");
        assertThat(condition(balancer, "a")).isEqualTo(Condition.CLOSED);
    }

    @Test
    void failureInTheTrial_opensForLonger() {
        Balancer balancer = balancer("", "name: a", "name: b");
        fail(balancer, ErrorKind.UPSTREAM_SERVER, "a", 3);
        clock.advance(Duration.ofSeconds(7));
        fail(balancer, ErrorKind.UPSTREAM_SERVER, "a", 1);

        assertThat(condition(balancer, "a")).isEqualTo(Condition.OPEN);
        clock.advance(Duration.ofSeconds(7));
        for (int i = 0; i < 4; i++) {
            assertThat(choose(balancer, null)).isEqualTo("b");
        }
    }

    @Test
    void shareOfFailures_opensTheBreaker() {
        Balancer balancer = balancer("circuit-breaker: {failure-rate: 50, min-requests: 20}", "name: a");
        for (int i = 0; i < 10; i++) {
            choose(balancer, null);
            choose(balancer, null);
            fail(balancer, ErrorKind.TIMEOUT_FIRST_TOKEN, "a", 1);
        }
        assertThat(condition(balancer, "a")).isEqualTo(Condition.CLOSED);
        for (int i = 0; i < 30; i++) {
            choose(balancer, null);
            fail(balancer, ErrorKind.TIMEOUT_FIRST_TOKEN, "a", 2);
            if (condition(balancer, "a") == Condition.OPEN) {
                return;
            }
        }
        throw new AssertionError("it never opened");
    }

    @Test
    void rateLimit_benchesForAsLongAsItSays_atMostTheMaximum() {
        Balancer balancer = balancer("circuit-breaker: {max-cooldown: 30s}", "name: a", "name: b");
        try (Lease lease = balancer.choose(PROVIDER, Set.of(new InstanceName("b")))) {
            lease.failed(ErrorKind.UPSTREAM_RATE_LIMIT, Optional.of(Duration.ofHours(1)));
        }
        assertThat(condition(balancer, "a")).isEqualTo(Condition.COOLING_DOWN);
        clock.advance(Duration.ofSeconds(29));
        assertThat(condition(balancer, "a")).isEqualTo(Condition.COOLING_DOWN);
        clock.advance(Duration.ofSeconds(2));
        assertThat(condition(balancer, "a")).isEqualTo(Condition.CLOSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UPSTREAM_AUTHENTICATION", "UPSTREAM_BILLING"})
    void credentialAndQuota_benchLong(String kind) {
        Balancer balancer = balancer("", "name: a", "name: b");
        fail(balancer, ErrorKind.valueOf(kind), "a", 1);

        clock.advance(Duration.ofMinutes(4));
        assertThat(condition(balancer, "a")).isEqualTo(Condition.COOLING_DOWN);
        clock.advance(Duration.ofMinutes(2));
        assertThat(condition(balancer, "a")).isEqualTo(Condition.CLOSED);
    }

    @Test
    void allOut_theOneBackFirstIsTried_orNoneWhenRefused() {
        Balancer trying = balancer("", "name: a", "name: b");
        fail(trying, ErrorKind.UPSTREAM_BILLING, "a", 1);
        fail(trying, ErrorKind.UPSTREAM_RATE_LIMIT, "b", 1);
        assertThat(choose(trying, null)).isEqualTo("b");

        Balancer refusing = balancer("balancing: {when-all-unhealthy: refuse}", "name: a");
        fail(refusing, ErrorKind.UPSTREAM_BILLING, "a", 1);
        GatewayException refusal =
                catchThrowableOfType(GatewayException.class, () -> refusing.choose(PROVIDER, Set.of()));
        assertThat(refusal.error().retryAfter()).hasValue(Duration.ofMinutes(5));
        assertThat(refusal).hasMessageContaining("1 out after failures");
    }

    @Test
    void halfOpen_admitsOneOfManyThreads() throws Exception {
        Balancer balancer = balancer("balancing: {when-all-unhealthy: refuse, max-waiting: 0}", "name: a");
        fail(balancer, ErrorKind.UPSTREAM_SERVER, "a", 3);
        clock.advance(Duration.ofSeconds(7));
        AtomicInteger admitted = new AtomicInteger();
        Callable<Void> attempt = () -> {
            try {
                balancer.choose(PROVIDER, Set.of());
                admitted.incrementAndGet();
            } catch (GatewayException e) {
                // the others are refused
            }
            return null;
        };
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (Future<Void> one : threads.invokeAll(
                    List.of(attempt, attempt, attempt, attempt, attempt, attempt, attempt, attempt))) {
                one.get();
            }
        }
        assertThat(admitted).hasValue(1);
    }

    @Test
    void flappingInstance_changesItsStateRarely() {
        Balancer balancer = balancer("", "name: a", "name: b");
        int changes = 0;
        Condition before = Condition.CLOSED;
        for (int second = 0; second < 3_600; second++) {
            boolean well = second / 10 % 2 == 0;
            for (int i = 0; i < 4; i++) {
                try (Lease lease = balancer.choose(PROVIDER, Set.of())) {
                    if (well || lease.instance().name().value().equals("b")) {
                        lease.succeeded();
                    } else {
                        lease.failed(ErrorKind.UPSTREAM_SERVER);
                    }
                }
            }
            Condition now = condition(balancer, "a");
            changes += now == before ? 0 : 1;
            before = now;
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(changes).isBetween(2, 60);
    }

    @Test
    void probes_closeTheBreakerWithoutALiveRequest_andFailingOnesKeepItOpen() {
        Balancer balancer = balancer("health-check: {mode: when-open, interval: 1s}", "name: a", "name: b");
        assertThat(balancer.dueForProbe()).isEmpty();
        fail(balancer, ErrorKind.UPSTREAM_SERVER, "a", 3);
        clock.advance(Duration.ofMinutes(1));

        assertThat(choose(balancer, null)).isEqualTo("b");
        assertThat(choose(balancer, null)).isEqualTo("b");
        Balancer.ToProbe due = balancer.dueForProbe().getFirst();
        assertThat(balancer.dueForProbe()).isEmpty();
        balancer.probed(due, Optional.of(ErrorKind.UPSTREAM_CONNECT));
        clock.advance(Duration.ofMinutes(10));
        assertThat(choose(balancer, null)).isEqualTo("b");
        assertThat(choose(balancer, null)).isEqualTo("b");
        assertThat(condition(balancer, "a")).isEqualTo(Condition.OPEN);
        balancer.probed(due, Optional.empty());
        assertThat(condition(balancer, "a")).isEqualTo(Condition.CLOSED);
    }

    @Test
    void probeWhoseCredentialMayNotListModels_takesNothingOut_andBringsNothingBack() {
        Balancer balancer = balancer("health-check: {mode: always, interval: 1s}", "name: a");
        for (int i = 0; i < 20; i++) {
            clock.advance(Duration.ofSeconds(2));
            balancer.dueForProbe().forEach(due -> balancer.probed(due, Optional.of(ErrorKind.UPSTREAM_AUTHENTICATION)));
        }
        assertThat(condition(balancer, "a")).isEqualTo(Condition.CLOSED);

        fail(balancer, ErrorKind.UPSTREAM_SERVER, "a", 3);
        clock.advance(Duration.ofMinutes(1));
        balancer.dueForProbe().forEach(due -> balancer.probed(due, Optional.of(ErrorKind.UPSTREAM_AUTHENTICATION)));
        assertThat(condition(balancer, "a")).isEqualTo(Condition.OPEN);
    }

    /** All connections in use, no file descriptor left: whose probe cannot be sent is not to blame. */
    @Test
    void probeThatTheGatewayHasNoRoomFor_takesNothingOut_andBringsNothingBack() {
        Balancer balancer = balancer("health-check: {mode: always, interval: 1s}", "name: a");
        for (int i = 0; i < 20; i++) {
            clock.advance(Duration.ofSeconds(2));
            balancer.dueForProbe().forEach(due -> balancer.probed(due, Optional.of(ErrorKind.OVERLOADED)));
        }
        assertThat(condition(balancer, "a")).isEqualTo(Condition.CLOSED);

        fail(balancer, ErrorKind.UPSTREAM_SERVER, "a", 3);
        balancer.dueForProbe().forEach(due -> balancer.probed(due, Optional.of(ErrorKind.OVERLOADED)));
        assertThat(condition(balancer, "a")).isEqualTo(Condition.OPEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"weighted", "round-robin", "least-requests", "peak-ewma"})
    void everyPolicy_usesEveryInstance_andNeverOneThatIsOut(String policy) {
        Balancer balancer = balancer("balancing: {policy: " + policy + "}", "name: a", "name: b", "name: c");
        fail(balancer, ErrorKind.UPSTREAM_BILLING, "c", 1);
        Map<String, Integer> counts = new HashMap<>();
        Random random = new Random(3);
        Balancer fresh = new Balancer(
                settings("balancing: {policy: " + policy + "}", "name: a", "name: b", "name: c"), clock, () -> random);
        for (int i = 0; i < 300; i++) {
            counts.merge(choose(fresh, null), 1, Integer::sum);
            assertThat(choose(balancer, null)).isNotEqualTo("c");
        }
        assertThat(counts).containsOnlyKeys("a", "b", "c");
        assertThat(counts.values()).allMatch(count -> count > 60);
    }

    @Test
    void leastBusy_takesTheIdleOne_andPeakEwmaTheFastOne() {
        Balancer busy = balancer("balancing: {policy: least-requests}", "name: a", "name: b");
        try (Lease first = busy.choose(PROVIDER, Set.of())) {
            for (int i = 0; i < 5; i++) {
                assertThat(choose(busy, null))
                        .isNotEqualTo(first.instance().name().value());
            }
        }
        Random random = new Random(5);
        Balancer ewma = new Balancer(
                settings("balancing: {policy: peak-ewma}", "name: slow", "name: fast"), clock, () -> random);
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 200; i++) {
            try (Lease lease = ewma.choose(PROVIDER, Set.of())) {
                boolean slow = lease.instance().name().value().equals("slow");
                lease.answeredAfter(Duration.ofMillis(slow ? 2_000 : 20).toNanos());
                lease.succeeded();
                counts.merge(lease.instance().name().value(), 1, Integer::sum);
            }
        }
        assertThat(counts.get("fast")).isGreaterThan(150);
    }

    @Test
    void sessions_stayOnOneInstance_byWeight_andOnlyThoseOfALostOneMove() {
        String[] three = {"name: a, weight: 50", "name: b, weight: 30", "name: c, weight: 20"};
        Balancer balancer = balancer("", three);
        Map<Integer, String> homes = new HashMap<>();
        Map<String, Integer> counts = new HashMap<>();
        for (int session = 0; session < 10_000; session++) {
            homes.put(session, choose(balancer, "s" + session));
            counts.merge(homes.get(session), 1, Integer::sum);
        }
        assertThat(counts.get("a")).isBetween(4_500, 5_500);
        assertThat(counts.get("b")).isBetween(2_500, 3_500);
        homes.forEach(
                (session, home) -> assertThat(choose(balancer, "s" + session)).isEqualTo(home));

        fail(balancer, ErrorKind.UPSTREAM_SERVER, "b", 3);
        Map<Integer, String> moved = new HashMap<>();
        homes.forEach((session, home) -> {
            String now = choose(balancer, "s" + session);
            moved.put(session, now);
            assertThat(now).isNotEqualTo("b");
            if (!home.equals("b")) {
                assertThat(now).isEqualTo(home);
            }
        });
        clock.advance(Duration.ofSeconds(10));
        moved.forEach(
                (session, home) -> assertThat(choose(balancer, "s" + session)).isEqualTo(home));
        Balancer reloaded = balancer.withSettings(settings("", three));
        moved.forEach(
                (session, home) -> assertThat(choose(reloaded, "s" + session)).isEqualTo(home));
    }

    @Test
    void line_letsARequestWait_andRefusesWhenItIsFullOrTheTimeIsOver() throws Exception {
        Balancer balancer = balancer("balancing: {max-waiting: 1, max-wait: 20s}", "name: a, max-concurrent: 1");
        Lease first = balancer.choose(PROVIDER, Set.of());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Lease> second = threads.submit(() -> balancer.choose(PROVIDER, Set.of()));
            while (balancer.waiting() == 0) {
                Thread.onSpinWait();
            }
            assertThatThrownBy(() -> balancer.choose(PROVIDER, Set.of()))
                    .hasMessageContaining("1 at max-concurrent")
                    .isInstanceOfSatisfying(GatewayException.class, e -> {
                        assertThat(e.error().kind()).isEqualTo(ErrorKind.OVERLOADED);
                        assertThat(e.error().retryAfter()).hasValue(Duration.ofSeconds(1));
                    });
            first.close();
            second.get().close();
        }
        assertThat(balancer.waiting()).isZero();
        Balancer impatient = balancer("balancing: {max-wait: 10ms}", "name: a, max-concurrent: 1");
        try (Lease busy = impatient.choose(PROVIDER, Set.of())) {
            assertThatThrownBy(() -> impatient.choose(PROVIDER, Set.of()))
                    .isInstanceOfSatisfying(
                            GatewayException.class,
                            e -> assertThat(e.error().kind()).isEqualTo(ErrorKind.NO_INSTANCE));
            assertThat(busy.instance().maxConcurrent()).isEqualTo(1);
        }
    }
}
