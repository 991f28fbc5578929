package io.llmgateway.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.balancing.InstanceStatus.Condition;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import io.llmgateway.testing.FakeClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attempts of one request at the same time: one trial stands for all, and places come together or not at all. */
class SiblingsTest {
    private static final ProviderName PROVIDER = new ProviderName("p");
    private static final String REFUSE = "balancing: {when-all-unhealthy: refuse, max-wait: 0s}";
    private static final String PATIENT = "balancing: {max-waiting: 1000, max-wait: 10m}";

    private final FakeClock clock = new FakeClock();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    private Balancer balancer(String more, String... instances) {
        StringBuilder text = new StringBuilder("keys: [{name: me, key: a-key-for-this-test}]\n"
                + "providers:\n  p:\n    type: openai\n    health-check: {mode: off}\n    " + more
                + "\n    instances:\n");
        for (String instance : instances) {
            text.append("      - {base-url: \"http://h.example\", ")
                    .append(instance)
                    .append("}\n");
        }
        LoadResult result = SettingsLoader.load("test", text.toString(), Path.of(""), Sources.of(Map.of()));
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        return new Balancer(((LoadResult.Loaded) result).settings(), clock, () -> new Random(1));
    }

    private static List<Lease> leases(Siblings siblings, int count) {
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            leases.add(new Lease(siblings));
        }
        return leases;
    }

    private static List<Lease> all(Balancer balancer, int count) {
        List<Lease> leases = leases(new Siblings(true), count);
        balancer.chooseAll(leases, PROVIDER, Set.of(), null, true);
        return leases;
    }

    private static Lease one(Balancer balancer, Siblings siblings) {
        Lease lease = new Lease(siblings);
        balancer.choose(lease, PROVIDER, Set.of(), null, true);
        return lease;
    }

    private void halfOpen(Balancer balancer) {
        for (int i = 0; i < 3; i++) {
            try (Lease lease = balancer.choose(PROVIDER, Set.of())) {
                lease.failed(ErrorKind.UPSTREAM_SERVER);
            }
        }
        clock.advance(Duration.ofSeconds(7));
    }

    private static Condition condition(Balancer balancer) {
        return balancer.statuses().getFirst().condition();
    }

    /** Waits in the line when this returns. */
    private <T> Future<T> waits(Balancer balancer, Callable<T> choosing) {
        int before = balancer.waiting();
        Future<T> future = threads.submit(choosing);
        while (balancer.waiting() == before) {
            assertThat(future.isDone()).isFalse();
            Thread.onSpinWait();
        }
        return future;
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    @Test
    void trial_standsForAllOfTheSameRequest_andForNobodyElse() {
        Balancer balancer = balancer(REFUSE, "name: a");
        halfOpen(balancer);
        Siblings siblings = new Siblings(false);
        Lease first = one(balancer, siblings);
        Lease second = one(balancer, siblings);

        assertThatThrownBy(() -> balancer.choose(PROVIDER, Set.of())).isInstanceOf(GatewayException.class);
        assertThatThrownBy(() -> one(balancer, new Siblings(false))).isInstanceOf(GatewayException.class);

        second.succeeded();
        assertThat(condition(balancer)).isEqualTo(Condition.CLOSED);
        first.succeeded();
        first.close();
        second.close();
        balancer.choose(PROVIDER, Set.of()).close();
    }

    @Test
    void trialThatEndsWithoutAWord_isOverWithTheLastOfThem_andAnotherRequestMayTry() {
        Balancer balancer = balancer(REFUSE, "name: a");
        halfOpen(balancer);
        List<Lease> leases = all(balancer, 3);

        leases.get(1).close();
        leases.get(0).close();
        assertThatThrownBy(() -> balancer.choose(PROVIDER, Set.of())).isInstanceOf(GatewayException.class);
        assertThat(condition(balancer)).isEqualTo(Condition.TRIAL);
        leases.get(2).close();

        try (Lease next = balancer.choose(PROVIDER, Set.of())) {
            next.succeeded();
        }
        assertThat(condition(balancer)).isEqualTo(Condition.CLOSED);
    }

    @Test
    void trialsThatFailAll_lengthenTheOutageOnce() {
        Balancer balancer = balancer(REFUSE, "name: a");
        halfOpen(balancer);
        List<Lease> leases = all(balancer, 4);
        for (Lease lease : leases) {
            lease.failed(ErrorKind.UPSTREAM_SERVER);
            lease.close();
        }

        assertThat(condition(balancer)).isEqualTo(Condition.OPEN);
        // twice 5 seconds, a fifth more at most
        assertThat(balancer.statuses().getFirst().backIn()).isLessThanOrEqualTo(Duration.ofSeconds(12));
        clock.advance(Duration.ofSeconds(13));
        balancer.choose(PROVIDER, Set.of()).close();
    }

    @Test
    void siblingOfATrialOnAFullInstance_waitsForItsPlace() throws Exception {
        Balancer balancer =
                balancer("balancing: {when-all-unhealthy: refuse, max-wait: 10m}", "name: a, max-concurrent: 1");
        halfOpen(balancer);
        Siblings siblings = new Siblings(false);
        Lease first = one(balancer, siblings);
        Future<Lease> second = waits(balancer, () -> one(balancer, siblings));

        first.succeeded();
        assertThat(second.isDone()).isFalse();
        first.close();

        get(second).close();
    }

    @Test
    void tooFewPlacesForAll_takeNone_andATrialAmongThemIsGivenBack() {
        Balancer balancer = balancer(REFUSE, "name: a, max-concurrent: 2, priority: 1", "name: b, max-concurrent: 2");
        for (int i = 0; i < 3; i++) {
            try (Lease lease = balancer.choose(PROVIDER, Set.of(new InstanceName("a")))) {
                lease.failed(ErrorKind.UPSTREAM_SERVER);
            }
        }
        clock.advance(Duration.ofSeconds(7));
        Lease holds = balancer.choose(PROVIDER, Set.of(new InstanceName("b")));

        assertThatThrownBy(() -> all(balancer, 4))
                .isInstanceOf(GatewayException.class)
                .hasMessageContaining("4 places are needed at the same time");
        assertThat(balancer.statuses())
                .allSatisfy(status -> assertThat(status.inFlight())
                        .isEqualTo(status.instance().value().equals("a") ? 1 : 0));
        List<Lease> three = all(balancer, 3);
        assertThat(three.stream().map(lease -> lease.instance().name().value()))
                .containsExactlyInAnyOrder("a", "b", "b");
        three.forEach(Lease::close);
        holds.close();
    }

    @Test
    void manyThatNeedSeveralPlaces_allGetThem() throws Exception {
        Balancer balancer = balancer(PATIENT, "name: a, max-concurrent: 2", "name: b, max-concurrent: 3");
        List<Future<Integer>> workers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            int count = 1 + i % 5;
            workers.add(threads.submit(() -> {
                for (int round = 0; round < 50; round++) {
                    List<Lease> leases =
                            count == 1 ? List.of(balancer.choose(PROVIDER, Set.of())) : all(balancer, count);
                    leases.forEach(Lease::close);
                }
                return count;
            }));
        }

        for (Future<Integer> worker : workers) {
            assertThat(worker.get(60, TimeUnit.SECONDS)).isPositive();
        }
        assertThat(balancer.waiting()).isZero();
        assertThat(balancer.statuses())
                .allSatisfy(status -> assertThat(status.inFlight()).isZero());
    }

    @Test
    void oneThatNeedsSeveral_isNotOvertaken_andSinglesBehindItComeNext() throws Exception {
        Balancer balancer = balancer(PATIENT, "name: a, max-concurrent: 2");
        Lease first = balancer.choose(PROVIDER, Set.of());
        Lease second = balancer.choose(PROVIDER, Set.of());
        Future<List<Lease>> several = waits(balancer, () -> all(balancer, 2));
        Future<Lease> single = waits(balancer, () -> balancer.choose(PROVIDER, Set.of()));

        first.close();
        assertThat(balancer.waiting()).isEqualTo(2);
        Future<Lease> newcomer = waits(balancer, () -> balancer.choose(PROVIDER, Set.of()));
        second.close();

        List<Lease> both = get(several);
        assertThat(single.isDone()).isFalse();
        both.getFirst().close();
        get(single).close();
        both.getLast().close();
        get(newcomer).close();
    }

    @Test
    void oneThatNeedsSeveral_andLeaves_leavesWhatWasKeptForItToThoseBehind() throws Exception {
        Balancer balancer = balancer(PATIENT, "name: a, max-concurrent: 3");
        Lease holds = balancer.choose(PROVIDER, Set.of());
        Future<List<Lease>> several = waits(balancer, () -> all(balancer, 3));
        Future<Lease> single = waits(balancer, () -> balancer.choose(PROVIDER, Set.of()));
        Future<Lease> other = waits(balancer, () -> balancer.choose(PROVIDER, Set.of()));

        several.cancel(true);

        get(single).close();
        get(other).close();
        holds.close();
        assertThat(balancer.waiting()).isZero();
    }

    @Test
    void oneWhoseSiblingsHoldTheirPlaces_isNotHeldUp() throws Exception {
        Balancer balancer = balancer(PATIENT, "name: a, max-concurrent: 2");
        Siblings siblings = new Siblings(true);
        List<Lease> mine = leases(siblings, 2);
        balancer.chooseAll(mine, PROVIDER, Set.of(), null, true);
        Future<List<Lease>> several = waits(balancer, () -> all(balancer, 2));

        mine.getFirst().close();
        Lease again = one(balancer, siblings);

        assertThat(several.isDone()).isFalse();
        again.close();
        mine.getLast().close();
        get(several).forEach(Lease::close);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5})
    void moreThanTheInstancesInUseEverTake_areNotWaitedFor(int count) {
        Balancer balancer = balancer(PATIENT, "name: a, max-concurrent: 1", "name: b, enabled: false");

        assertThat(balancer.places(PROVIDER)).isEqualTo(1);
        assertThatThrownBy(() -> all(balancer, count)).isInstanceOf(GatewayException.class);
        balancer.choose(PROVIDER, Set.of()).close();
    }
}
