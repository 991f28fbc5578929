package io.llmgateway.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets an instance that became free, and that nobody waits for one that is there. */
class WaitQueueTest {
    private static final ProviderName PROVIDER = new ProviderName("p");
    private static final String PATIENT = "balancing: {max-waiting: 1000, max-wait: 10m}";

    private final FakeClock clock = new FakeClock();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    private static GatewaySettings settings(String more, List<String> instances) {
        StringBuilder text =
                new StringBuilder("keys: [{name: me, key: a-key-for-this-test}]\nproviders:\n  p:\n    type: openai\n");
        more.lines().forEach(line -> text.append("    ").append(line).append('\n'));
        text.append("    instances:\n");
        instances.forEach(instance -> text.append("      - {")
                .append(instance.contains("base-url") ? "" : "base-url: \"http://h.example\", ")
                .append(instance)
                .append("}\n"));
        LoadResult result = SettingsLoader.load("test", text.toString(), Path.of(""), Sources.of(Map.of()));
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        return ((LoadResult.Loaded) result).settings();
    }

    private Balancer balancer(String more, String... instances) {
        return new Balancer(settings(more, List.of(instances)), clock, () -> new Random(1));
    }

    /** Waits in the line when this returns. */
    private Future<Lease> waits(Balancer balancer, Set<InstanceName> excluded) {
        int before = balancer.waiting();
        Future<Lease> future = threads.submit(() -> balancer.choose(PROVIDER, excluded));
        while (balancer.waiting() == before) {
            assertThat(future.isDone()).isFalse();
            Thread.onSpinWait();
        }
        return future;
    }

    private static Lease get(Future<Lease> future) throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(30, TimeUnit.SECONDS);
    }

    private static InstanceName name(String name) {
        return new InstanceName(name);
    }

    @Test
    void placesAreHandedOver_inTheOrderOfComing() throws Exception {
        Balancer balancer = balancer(PATIENT, "name: a, max-concurrent: 1");
        Lease holds = balancer.choose(PROVIDER, Set.of());
        List<Future<Lease>> line = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            line.add(waits(balancer, Set.of()));
        }

        for (int i = 0; i < 20; i++) {
            holds.close();
            holds = get(line.get(i));
            assertThat(balancer.waiting()).isEqualTo(19 - i);
        }
        holds.close();
    }

    @Test
    void waiterThatCannotUseThePlace_passesItOn() throws Exception {
        Balancer balancer = balancer(PATIENT, "name: a, max-concurrent: 1", "name: b, max-concurrent: 1");
        Lease first = balancer.choose(PROVIDER, Set.of(name("b")));
        Lease second = balancer.choose(PROVIDER, Set.of(name("a")));
        Future<Lease> onlyB = waits(balancer, Set.of(name("a")));
        Future<Lease> any = waits(balancer, Set.of());

        first.close();

        assertThat(get(any).instance().name()).isEqualTo(name("a"));
        assertThat(onlyB.isDone()).isFalse();
        second.close();
        assertThat(get(onlyB).instance().name()).isEqualTo(name("b"));
    }

    @Test
    void newcomer_doesNotOvertake_butTakesWhatNobodyInTheLineCanUse() throws Exception {
        Balancer balancer = balancer(PATIENT, "name: a, max-concurrent: 1", "name: b, max-concurrent: 1");
        Lease a = balancer.choose(PROVIDER, Set.of(name("b")));
        Future<Lease> onlyA = waits(balancer, Set.of(name("b")));

        Lease b = balancer.choose(PROVIDER, Set.of());

        assertThat(b.instance().name()).isEqualTo(name("b"));
        Future<Lease> later = waits(balancer, Set.of());
        a.close();
        Lease handed = get(onlyA);
        assertThat(later.isDone()).isFalse();
        handed.close();
        get(later).close();
    }

    @Test
    void interrupted_leavesTheLine_andLosesNoPlace() throws Exception {
        Balancer balancer = balancer(PATIENT, "name: a, max-concurrent: 1");
        Lease holds = balancer.choose(PROVIDER, Set.of());
        Future<Lease> leaves = waits(balancer, Set.of());
        Future<Lease> stays = waits(balancer, Set.of());

        leaves.cancel(true);
        while (balancer.waiting() > 1) {
            Thread.onSpinWait();
        }
        holds.close();

        get(stays).close();
        assertThat(balancer.statuses().getFirst().inFlight()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void instanceThatIsBack_isGivenToAllWhoWait(boolean byProbe) throws Exception {
        Balancer balancer = balancer(
                "balancing: {when-all-unhealthy: wait, max-wait: 10m}\nhealth-check: {mode: "
                        + (byProbe ? "always" : "off") + "}",
                "name: a, max-concurrent: 10");
        var due = byProbe ? balancer.dueForProbe().getFirst() : null;
        for (int i = 0; i < 3; i++) {
            try (Lease lease = balancer.choose(PROVIDER, Set.of())) {
                lease.failed(ErrorKind.UPSTREAM_SERVER);
            }
        }
        Future<Lease> one = waits(balancer, Set.of());
        Future<Lease> two = waits(balancer, Set.of());

        if (due != null) {
            balancer.probed(due, Optional.empty());
        } else {
            clock.advance(Duration.ofSeconds(7));
            Lease trial = get(one);
            trial.succeeded();
        }

        get(one);
        get(two);
    }

    @Test
    void manyThreads_neverHoldMoreThanAllowed_andAllAreServed() throws Exception {
        Balancer balancer = balancer(PATIENT, "name: a, max-concurrent: 2", "name: b, max-concurrent: 1");
        List<Future<Integer>> workers = new ArrayList<>();
        for (int t = 0; t < 50; t++) {
            Set<InstanceName> excluded = t % 5 == 0 ? Set.of(name("a")) : t % 5 == 1 ? Set.of(name("b")) : Set.of();
            workers.add(threads.submit(() -> {
                int most = 0;
                for (int i = 0; i < 200; i++) {
                    try (Lease lease = balancer.choose(PROVIDER, excluded)) {
                        most = Math.max(most, balancer.statuses().getFirst().inFlight());
                        lease.succeeded();
                    }
                }
                return most;
            }));
        }

        for (Future<Integer> worker : workers) {
            assertThat(worker.get(60, TimeUnit.SECONDS)).isLessThanOrEqualTo(2);
        }
        assertThat(balancer.waiting()).isZero();
        assertThat(balancer.statuses())
                .allSatisfy(status -> assertThat(status.inFlight()).isZero());
    }

    @ParameterizedTest
    @ValueSource(strings = {"weighted", "round-robin", "least-requests", "peak-ewma"})
    void moreThanSixtyFourInstances_areAllAsked(String policy) {
        String[] instances = new String[200];
        for (int i = 0; i < instances.length; i++) {
            instances[i] = "name: i" + i + ", max-concurrent: 1, weight: " + (i == 199 ? 1 : 1000);
        }
        Balancer balancer = balancer("balancing: {policy: " + policy + ", max-waiting: 0}", instances);

        for (String session : new String[] {"s", null}) {
            List<Lease> leases = new ArrayList<>();
            for (int i = 0; i < instances.length; i++) {
                String own = session == null ? null : session + i;
                leases.add(balancer.choose(PROVIDER, Set.of(), own));
            }
            assertThatThrownBy(() -> balancer.choose(PROVIDER, Set.of())).isInstanceOf(GatewayException.class);
            leases.forEach(Lease::close);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name: a, base-url: 'http://h', api-key: right",
                "name: a, base-url: 'http://h', api-key: wrong, headers: {X-Org: other}",
                "name: a, base-url: 'http://other', api-key: wrong"
            })
    void correctedCredential_endsTheTimeForTheWrongOne(String corrected) {
        Balancer balancer = balancer("", "name: a, base-url: 'http://h', api-key: wrong");
        Lease early = balancer.choose(PROVIDER, Set.of());
        try (Lease lease = balancer.choose(PROVIDER, Set.of())) {
            lease.failed(ErrorKind.UPSTREAM_AUTHENTICATION);
        }

        Balancer reloaded = balancer.withSettings(settings("", List.of(corrected)));
        early.failed(ErrorKind.UPSTREAM_AUTHENTICATION);
        early.close();

        assertThat(reloaded.statuses().getFirst().condition()).isEqualTo(InstanceStatus.Condition.CLOSED);
        assertThat(balancer.statuses().getFirst().condition()).isEqualTo(InstanceStatus.Condition.COOLING_DOWN);
    }

    @Test
    void sameCredential_keepsTheTime_andCorrectedOneKeepsWhatIsInFlight() {
        String wrong = "name: a, base-url: 'http://h', api-key: wrong";
        Balancer balancer = balancer("", wrong);
        try (Lease lease = balancer.choose(PROVIDER, Set.of())) {
            lease.failed(ErrorKind.UPSTREAM_AUTHENTICATION);
        }

        Balancer same = balancer.withSettings(settings("balancing: {max-wait: 1s}", List.of(wrong)));
        assertThat(same.statuses().getFirst().condition()).isEqualTo(InstanceStatus.Condition.COOLING_DOWN);

        try (Lease lease = same.choose(PROVIDER, Set.of())) {
            Balancer corrected = same.withSettings(settings("", List.of(wrong.replace("wrong", "right"))));
            assertThat(corrected.statuses().getFirst().inFlight()).isEqualTo(1);
            lease.succeeded();
        }
    }

    @Test
    void sessions_stayWhereTheyAre_whenTheTableChangesItsSize() {
        String[] instances = {"name: a", "name: b", "name: c"};
        Balancer balancer = balancer("", instances);
        List<String> before = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            try (Lease lease = balancer.choose(PROVIDER, Set.of(name("a")), "s" + i)) {
                before.add(lease.instance().name().value());
            }
        }

        Balancer changed =
                balancer.withSettings(settings("sticky: {max-sessions: 5000, idle: 2h}", List.of(instances)));
        clock.advance(Duration.ofMinutes(90));

        for (int i = 0; i < 50; i++) {
            try (Lease lease = changed.choose(PROVIDER, Set.of(), "s" + i)) {
                assertThat(lease.instance().name().value()).isEqualTo(before.get(i));
            }
        }
    }
}
