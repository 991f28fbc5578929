package io.llmgateway.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.Refusal;
import io.llmgateway.model.UpstreamFault;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BalancerTest {
    private static final ProviderName PROVIDER = new ProviderName("p");

    private static GatewaySettings settings(String... instances) {
        StringBuilder text = new StringBuilder("""
                keys: [{name: me, key: a-key-for-this-test}]
                providers:
                  p:
                    type: openai
                    balancing: {max-waiting: 0}
                    instances:
                """);
        for (String instance : instances) {
            text.append("      - {base-url: \"http://h.example\", ")
                    .append(instance)
                    .append("}\n");
        }
        LoadResult result = SettingsLoader.load("test", text.toString(), Path.of(""), Sources.of(Map.of()));
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        return ((LoadResult.Loaded) result).settings();
    }

    private static Balancer balancer(GatewaySettings settings) {
        return new Balancer(settings, System::nanoTime, Random::new);
    }

    private static Set<InstanceName> names(String... names) {
        Set<InstanceName> set = new HashSet<>();
        for (String name : names) {
            set.add(new InstanceName(name));
        }
        return set;
    }

    private static String chosen(Balancer balancer, String... excluded) {
        try (Lease lease = balancer.choose(PROVIDER, names(excluded))) {
            return lease.instance().name().value();
        }
    }

    private static Map<String, Integer> chosen(Balancer balancer, int times, String... excluded) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < times; i++) {
            counts.merge(chosen(balancer, excluded), 1, Integer::sum);
        }
        return counts;
    }

    private static String refusal(Balancer balancer, String... excluded) {
        GatewayException thrown =
                catchThrowableOfType(GatewayException.class, () -> balancer.choose(PROVIDER, names(excluded)));
        assertThat(thrown).isNotNull();
        assertThat(thrown.error()).isInstanceOf(UpstreamFault.NoUsableInstance.class);
        return thrown.error().message();
    }

    @Nested
    class Choose {
        @Test
        void canary_getsItsShareExactly() {
            Balancer balancer = balancer(settings("name: a, weight: 95", "name: b, weight: 5"));

            assertThat(chosen(balancer, 10_000)).containsExactlyInAnyOrderEntriesOf(Map.of("a", 9_500, "b", 500));
        }

        @Test
        void canary_isSpreadEvenly() {
            Balancer balancer = balancer(settings("name: a, weight: 95", "name: b, weight: 5"));

            for (int i = 0; i < 100; i++) {
                assertThat(chosen(balancer, 20).get("b")).isEqualTo(1);
            }
        }

        @Test
        void manyThreads_shareExactly() throws InterruptedException {
            Balancer balancer = balancer(settings("name: a, weight: 70", "name: b, weight: 20", "name: c, weight: 10"));
            ConcurrentMap<String, LongAdder> counts = new ConcurrentHashMap<>();
            CountDownLatch start = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 16; t++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    awaitQuietly(start);
                    for (int i = 0; i < 1_000; i++) {
                        counts.computeIfAbsent(chosen(balancer), _ -> new LongAdder())
                                .increment();
                    }
                }));
            }

            start.countDown();
            for (Thread thread : threads) {
                assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
            }

            assertThat(counts.get("a").sum()).isEqualTo(11_200);
            assertThat(counts.get("b").sum()).isEqualTo(3_200);
            assertThat(counts.get("c").sum()).isEqualTo(1_600);
            assertThat(balancer.statuses()).allMatch(status -> status.inFlight() == 0);
        }

        @Test
        void lowestPriority_isUsedWhileItCanBe() {
            Balancer balancer = balancer(
                    settings("name: far, priority: 9", "name: near1", "name: near2", "name: mid, priority: 2"));

            assertThat(chosen(balancer, 100)).containsExactlyInAnyOrderEntriesOf(Map.of("near1", 50, "near2", 50));
            assertThat(chosen(balancer, 100, "near1")).containsExactlyInAnyOrderEntriesOf(Map.of("near2", 100));
            assertThat(chosen(balancer, "near1", "near2")).isEqualTo("mid");
            assertThat(chosen(balancer, "near1", "near2", "mid")).isEqualTo("far");
        }

        @Test
        void weightZero_isUsedWhenNothingElseIsLeft() {
            Balancer balancer = balancer(settings("name: spare, weight: 0", "name: a", "name: late, priority: 5"));

            assertThat(chosen(balancer, 100)).containsOnlyKeys("a");
            assertThat(chosen(balancer, "a")).isEqualTo("late");
            assertThat(chosen(balancer, "a", "late")).isEqualTo("spare");
        }

        @Test
        void excludedShare_goesToTheOthersByWeight() {
            Balancer balancer = balancer(settings("name: a, weight: 50", "name: b, weight: 40", "name: c, weight: 10"));

            Map<String, Integer> counts = chosen(balancer, 10_000, "a");

            assertThat(counts).containsOnlyKeys("b", "c");
            assertThat(counts.get("b")).isBetween(7_000, 9_000);
        }

        @Test
        void disabledInstance_isNeverUsed() {
            Balancer balancer = balancer(settings("name: a, enabled: false", "name: b"));

            assertThat(chosen(balancer, 100)).containsOnlyKeys("b");
        }

        @Test
        void nothingLeft_saysWhy() {
            Balancer balancer =
                    balancer(settings("name: a, enabled: false", "name: b", "name: c, max-concurrent: 1", "name: d"));
            Lease full = balancer.choose(PROVIDER, names("b", "d"));

            assertThatThrownBy(() -> balancer.choose(PROVIDER, names("b", "d")))
                    .isInstanceOfSatisfying(
                            GatewayException.class, e -> assertThat(e.error()).isInstanceOf(Refusal.Overloaded.class))
                    .hasMessage("no usable instance for provider 'p' (4 instances: 1 disabled, 2 already tried,"
                            + " 1 at max-concurrent), and 0 requests wait already (balancing.max-waiting)");
            assertThat(refusal(balancer, "b", "c", "d"))
                    .isEqualTo("no usable instance for provider 'p' (4 instances: 1 disabled, 3 already tried)");

            full.close();
            assertThat(chosen(balancer, "b", "d")).isEqualTo("c");
        }

        @Test
        void unknownProvider_saysSo() {
            Balancer balancer = balancer(settings("name: a"));

            GatewayException thrown = catchThrowableOfType(
                    GatewayException.class, () -> balancer.choose(new ProviderName("gone"), Set.of()));

            assertThat(thrown.error().message()).isEqualTo("provider 'gone' is not configured any more");
        }

        @Test
        void fullInstance_passesItsTurnOn() {
            Balancer balancer = balancer(settings("name: a, max-concurrent: 2, weight: 1000", "name: b, weight: 1"));
            List<Lease> leases = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                leases.add(balancer.choose(PROVIDER, Set.of()));
            }

            assertThat(leases)
                    .filteredOn(lease -> lease.instance().name().value().equals("a"))
                    .hasSize(2);
            leases.forEach(Lease::close);
            assertThat(balancer.statuses()).allMatch(status -> status.inFlight() == 0);
        }

        @Test
        void randomSettings_neverGiveAnExcludedOrDisabledInstance() {
            long seed = Long.getLong("seed", 20_261_124L);
            Random random = new Random(seed);
            for (int round = 0; round < 200; round++) {
                String[] instances = new String[1 + random.nextInt(8)];
                for (int i = 0; i < instances.length; i++) {
                    instances[i] = "name: i%d, weight: %d, priority: %d, enabled: %s"
                            .formatted(
                                    i,
                                    random.nextInt(4) * random.nextInt(250),
                                    1 + random.nextInt(3),
                                    random.nextInt(5) > 0);
                }
                Balancer balancer = balancer(settings(instances));
                Set<InstanceName> excluded = new HashSet<>();
                long enabled = balancer.statuses().stream()
                        .filter(InstanceStatus::enabled)
                        .count();

                for (int i = 0; i < enabled; i++) {
                    try (Lease lease = balancer.choose(PROVIDER, excluded)) {
                        assertThat(lease.instance().enabled())
                                .as("seed %d", seed)
                                .isTrue();
                        assertThat(excluded.add(lease.instance().name()))
                                .as("seed %d", seed)
                                .isTrue();
                    }
                }

                String[] all = excluded.stream().map(InstanceName::value).toArray(String[]::new);
                assertThat(refusal(balancer, all)).as("seed %d", seed).contains("no usable instance");
            }
        }
    }

    @Nested
    class Leases {
        @Test
        void close_twice_countsOnce() {
            Balancer balancer = balancer(settings("name: a"));
            Lease other = balancer.choose(PROVIDER, Set.of());
            Lease lease = balancer.choose(PROVIDER, Set.of());

            lease.close();
            lease.close();

            assertThat(balancer.statuses().getFirst().inFlight()).isEqualTo(1);
            other.close();
        }

        @Test
        void outcome_isCountedOnce() {
            Balancer balancer = balancer(settings("name: a"));

            try (Lease lease = balancer.choose(PROVIDER, Set.of())) {
                lease.failed(ErrorKind.UPSTREAM_RESET);
                lease.succeeded();
            }
            try (Lease lease = balancer.choose(PROVIDER, Set.of())) {
                lease.succeeded();
            }

            InstanceStatus status = balancer.statuses().getFirst();
            assertThat(status.failed()).isEqualTo(1);
            assertThat(status.succeeded()).isEqualTo(1);
            assertThat(status.lastFailure()).contains(ErrorKind.UPSTREAM_RESET);
        }

        @Test
        void maxConcurrent_isNeverExceeded() throws InterruptedException {
            Balancer balancer = balancer(settings("name: a, max-concurrent: 3"));
            LongAdder violations = new LongAdder();
            LongAdder refused = new LongAdder();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 16; t++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < 2_000; i++) {
                        try (Lease lease = balancer.choose(PROVIDER, Set.of())) {
                            if (balancer.statuses().getFirst().inFlight() > 3) {
                                violations.increment();
                            }
                            lease.succeeded();
                        } catch (GatewayException _) {
                            refused.increment();
                        }
                    }
                }));
            }
            for (Thread thread : threads) {
                assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
            }

            assertThat(violations.sum()).isZero();
            assertThat(balancer.statuses().getFirst().inFlight()).isZero();
        }
    }

    @Nested
    class WithSettings {
        @Test
        void sameInstance_keepsItsState() {
            Balancer before = balancer(settings("name: a", "name: b"));
            Lease lease = before.choose(PROVIDER, names("b"));

            Balancer after = before.withSettings(settings("name: a, weight: 7", "name: c"));

            assertThat(after.statuses()).extracting(InstanceStatus::inFlight).containsExactly(1, 0);
            lease.close();
            assertThat(after.statuses()).extracting(InstanceStatus::inFlight).containsExactly(0, 0);
        }
    }

    @Nested
    class Schedules {
        @Test
        void smooth_smallWeights_areSpread() {
            assertThat(Schedule.smooth(new int[] {5, 1, 1})).containsExactly(0, 0, 1, 0, 2, 0, 0);
            assertThat(Schedule.smooth(new int[] {100, 100})).containsExactly(0, 1);
        }

        @Test
        void smooth_manyHugeWeights_stayBounded() {
            int[] weights = new int[500];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = 500 + i;
            }

            assertThat(Schedule.smooth(weights).length).isBetween(9_500, 10_500);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
