package io.llmgateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.model.GatewayException;
import io.llmgateway.model.KeyName;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Sixty-four threads against one limit, every admission written down with the moment at which the limit decided it: no
 * window of any length holds more than is allowed, and hardly less is let in. {@code -Dhistory.seconds=10} runs each
 * kind for longer.
 */
class LimitHistoryTest {
    private static final int THREADS = 64;
    private static final int SECONDS = Integer.getInteger("history.seconds", 1);
    private static final ResourceUsage CLAIM = new ResourceUsage(6, 4, 1_000_000);

    /** The limit's own clock, which also tells each thread when its last question was answered. */
    private static final class Told implements LongSupplier {
        private final Map<Thread, long[]> last = new ConcurrentHashMap<>();

        @Override
        public long getAsLong() {
            long now = System.nanoTime();
            last.computeIfAbsent(Thread.currentThread(), _ -> new long[1])[0] = now;
            return now;
        }

        long last() {
            return last.get(Thread.currentThread())[0];
        }
    }

    private static EffectiveLimits applied(String limits, LongSupplier nanoTime) {
        String text = """
                keys: [{name: k, key: a-key-for-this-test, limits: {%s}}]
                providers: {p: {type: openai, instances: [{name: i, base-url: "http://h"}]}}
                """.formatted(limits);
        GatewaySettings settings =
                ((LoadResult.Loaded) SettingsLoader.load("test", text, Path.of(""), Sources.of(Map.of()))).settings();
        return new Limiter(settings, nanoTime, Clock.systemUTC()).applied(new KeyName("k"), "a", "a");
    }

    /** The moments of all admissions, as the limit saw them. */
    private static long[] history(EffectiveLimits applied, Told told, long end) throws InterruptedException {
        List<long[]> all = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                long[] mine = new long[1024];
                int count = 0;
                while (System.nanoTime() < end) {
                    try {
                        applied.admit(CLAIM);
                        if (count == mine.length) {
                            mine = Arrays.copyOf(mine, count * 2);
                        }
                        mine[count++] = told.last();
                    } catch (GatewayException e) {
                        LockSupport.parkNanos(1_000);
                    }
                }
                synchronized (all) {
                    all.add(Arrays.copyOf(mine, count));
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return all.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    }

    @ParameterizedTest
    @CsvSource({
        "requests-per-minute: 60000, 60000, 1",
        "tokens-per-minute: 600000, 600000, 10",
        "input-tokens-per-minute: 360000, 360000, 6",
        "output-tokens-per-minute: 240000, 240000, 4"
    })
    void perMinute_violatesNoWindow_andLetsInWhatIsAllowed(String limit, long capacity, long units) throws Exception {
        Told told = new Told();
        EffectiveLimits applied = applied(limit, told);
        double perNano = capacity / 60e9;
        long begin = System.nanoTime();

        long[] moments =
                history(applied, told, begin + Duration.ofSeconds(SECONDS).toNanos());

        // for every pair of admissions: what lies between them is at most the capacity and the refill of that time
        double least = Double.MAX_VALUE;
        double worst = 0;
        for (int i = 0; i < moments.length; i++) {
            double refilled = (moments[i] - begin) * perNano;
            least = Math.min(least, i * units - refilled);
            worst = Math.max(worst, (i + 1) * units - refilled - least);
        }
        assertThat(worst).as("the fullest window").isLessThanOrEqualTo(capacity + 1.0);
        double allowed = capacity + (moments[moments.length - 1] - begin) * perNano;
        assertThat((double) moments.length * units).isBetween(allowed * 0.95, allowed + units);
    }

    @ParameterizedTest
    @CsvSource({
        "tokens-per-day: 1m, 1000000, 10",
        "input-tokens-per-day: 600000, 600000, 6",
        "output-tokens-per-day: 400000, 400000, 4",
        "'budget: {amount: 100, per: hour}', 100000, 1",
        "'budget: {amount: 100, per: month}', 100000, 1"
    })
    void perCalendar_letsInExactlyWhatIsThere(String limit, long capacity, long units) throws Exception {
        Told told = new Told();
        EffectiveLimits applied = applied(limit, told);
        told.getAsLong();
        long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
        AtomicInteger admitted = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                boolean open = true;
                while (open && System.nanoTime() < end) {
                    try {
                        // what was used is what was estimated, so that nothing goes back
                        applied.admit(CLAIM).settle(CLAIM);
                        admitted.incrementAndGet();
                    } catch (GatewayException e) {
                        open = false;
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(admitted.get() * units).isEqualTo(capacity);
    }

    @ParameterizedTest
    @CsvSource({"1", "7", "50"})
    void concurrency_isNeverExceeded_andAllOfItComesBack(int places) throws Exception {
        EffectiveLimits applied = applied("concurrent: " + places, System::nanoTime);
        long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
        AtomicInteger running = new AtomicInteger();
        AtomicInteger highest = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                while (System.nanoTime() < end) {
                    try {
                        Admission admission = applied.admit(ResourceUsage.NOTHING);
                        highest.accumulateAndGet(running.incrementAndGet(), Math::max);
                        LockSupport.parkNanos(1_000);
                        running.decrementAndGet();
                        admission.settle(ResourceUsage.NOTHING);
                    } catch (GatewayException e) {
                        LockSupport.parkNanos(1_000);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(highest.get()).isBetween(1, places);
        for (int i = 0; i < places; i++) {
            applied.admit(ResourceUsage.NOTHING);
        }
        assertThatThrownBy(() -> applied.admit(ResourceUsage.NOTHING)).isInstanceOf(GatewayException.class);
    }
}
