package io.llmgateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.model.GatewayException;
import io.llmgateway.model.KeyName;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import io.llmgateway.testing.FakeClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers nobody expects, and windows that end while a request is under way. */
class MeterTest {
    private static final KeyName KEY = new KeyName("k");

    private static GatewaySettings settings(String limits, String zone) {
        String text = """
                usage: {time-zone: ZONE}
                keys: [{name: k, key: a-key-for-this-test, limits: {LIMITS}}]
                providers: {p: {type: openai, instances: [{name: i, base-url: "http://h"}]}}
                """.replace("ZONE", zone).replace("LIMITS", limits);
        LoadResult result = SettingsLoader.load("test", text, Path.of(""), Sources.of(Map.of()));
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        return ((LoadResult.Loaded) result).settings();
    }

    private static Limiter limiter(String limits, String zone, FakeClock clock) {
        return new Limiter(settings(limits, zone), clock, clock);
    }

    private static EffectiveLimits applied(Limiter limiter) {
        return limiter.applied(KEY, "m", "m");
    }

    private static long remaining(Limiter limiter, String limit) {
        return limiter.statuses().stream()
                .filter(status -> status.limit().equals(limit))
                .findFirst()
                .orElseThrow()
                .remaining();
    }

    @Nested
    class Numbers {
        private final FakeClock clock = new FakeClock();

        @ParameterizedTest
        @CsvSource({"-1,0,0", "0,-1,0", "0,0,-1", "0,-9223372036854775808,0"})
        void negativeClaim_isRefused(long input, long output, long cost) {
            assertThatThrownBy(() -> new ResourceUsage(input, output, cost))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @ParameterizedTest
        @ValueSource(longs = {1L << 40, 1L << 62, Long.MAX_VALUE - 1, Long.MAX_VALUE})
        void hugeUse_leavesADebtOfOneWindow_andGivesThePlaceBack(long used) {
            Limiter limiter = limiter("tokens-per-minute: 100k, concurrent: 2, tokens-per-day: 1m", "UTC", clock);
            for (int i = 0; i < 5; i++) {
                applied(limiter).admit(new ResourceUsage(1, 1, 0)).settle(new ResourceUsage(used, used, used));
                clock.advance(Duration.ofDays(1));
            }
            applied(limiter).admit(new ResourceUsage(1, 1, 0)).settle(new ResourceUsage(used, used, used));

            assertThat(remaining(limiter, "tokens-per-minute")).isEqualTo(-100_000);
            assertThat(remaining(limiter, "concurrent")).isEqualTo(2);
            clock.advance(Duration.ofMinutes(2));
            assertThat(remaining(limiter, "tokens-per-minute")).isEqualTo(100_000);
        }

        @Test
        void hugeClaim_isCutToTheLimit() {
            Limiter limiter = limiter(
                    "tokens-per-minute: 100k, tokens-per-day: 1m, budget: {amount: 1, per: month}", "UTC", clock);

            Admission admission =
                    applied(limiter).admit(new ResourceUsage(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE));

            assertThat(limiter.statuses())
                    .allSatisfy(status -> assertThat(status.remaining()).isZero());
            admission.settle(ResourceUsage.NOTHING);
            assertThat(remaining(limiter, "tokens-per-minute")).isEqualTo(100_000);
            assertThat(remaining(limiter, "tokens-per-day")).isEqualTo(1_000_000);
        }

        @Test
        void limitMadeTiny_withAHugeDebt_isTaken() {
            Limiter limiter = limiter("tokens-per-minute: 10000m", "UTC", clock);
            applied(limiter).admit(new ResourceUsage(1, 1, 0)).settle(new ResourceUsage(Long.MAX_VALUE, 0, 0));

            Limiter changed = limiter.withSettings(settings("tokens-per-minute: 1", "UTC"));

            assertThat(remaining(changed, "tokens-per-minute")).isEqualTo(-1);
        }

        @Test
        void history_thatIsHuge_isRestored() {
            Limiter limiter = limiter("tokens-per-day: 1m", "UTC", clock);
            PastUsage spent = new PastUsage(clock.instant(), "k", "m", "m", 1, new ResourceUsage(Long.MAX_VALUE, 1, 0));

            limiter.restore(List.of(spent, spent));

            assertThat(remaining(limiter, "tokens-per-day")).isNegative();
        }

        @Test
        void anyClaims_inAnyOrder_leaveEveryPlaceFree() {
            long seed = Long.getLong("seed", 20_261_127L);
            Random random = new Random(seed);
            Limiter limiter = limiter(
                    "requests-per-minute: 1m, tokens-per-minute: 10k, tokens-per-day: 1m, concurrent: 5,"
                            + " budget: {amount: 3, per: hour}",
                    "UTC",
                    clock);
            List<Admission> open = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                if (open.size() == 5 || (!open.isEmpty() && random.nextBoolean())) {
                    open.remove(random.nextInt(open.size())).settle(any(random));
                } else {
                    try {
                        open.add(applied(limiter).admit(any(random)));
                    } catch (GatewayException _) {
                        clock.advance(Duration.ofMinutes(random.nextInt(1, 2_000)));
                    }
                }
            }
            open.forEach(admission -> admission.settle(ResourceUsage.NOTHING));
            clock.advance(Duration.ofDays(2));

            assertThat(limiter.statuses())
                    .as("seed " + seed)
                    .allSatisfy(status -> assertThat(status.remaining()).isEqualTo(status.amount()));
        }

        private static ResourceUsage any(Random random) {
            return new ResourceUsage(amount(random), amount(random), amount(random));
        }

        private static long amount(Random random) {
            return random.nextLong() >>> random.nextInt(1, 64);
        }
    }

    @Nested
    class Windows {
        @ParameterizedTest
        @CsvSource({
            "UTC,            2026-01-14T23:59:50Z, tokens-per-day",
            "Europe/Berlin,  2026-03-28T22:59:50Z, tokens-per-day",
            "Europe/Berlin,  2026-10-25T22:59:50Z, tokens-per-day",
            "America/Havana, 2026-03-08T04:59:50Z, tokens-per-day"
        })
        void requestOverMidnight_givesNothingBackToTheNewDay(String zone, String at, String limit) {
            FakeClock clock = new FakeClock(Instant.parse(at));
            Limiter limiter = limiter(limit + ": 10k", zone, clock);
            Admission early = applied(limiter).admit(new ResourceUsage(5_000, 0, 0));
            clock.advance(Duration.ofSeconds(20));

            applied(limiter).admit(new ResourceUsage(1_000, 0, 0)).settle(new ResourceUsage(1_000, 0, 0));
            early.settle(new ResourceUsage(200, 0, 0));

            assertThat(remaining(limiter, limit)).isEqualTo(8_800);
        }

        @ParameterizedTest
        @CsvSource({
            "month, 2026-01-31T23:59:50Z",
            "month, 2028-02-29T23:59:50Z",
            "month, 2026-12-31T23:59:50Z",
            "hour,  2026-01-15T10:59:50Z",
            "day,   2026-04-30T23:59:50Z"
        })
        void budgetOverTheEndOfItsWindow_givesNothingBackToTheNewOne(String per, String at) {
            FakeClock clock = new FakeClock(Instant.parse(at));
            Limiter limiter = limiter("budget: {amount: 1, per: " + per + "}", "UTC", clock);
            Admission early = applied(limiter).admit(new ResourceUsage(0, 0, 500_000_000));
            clock.advance(Duration.ofSeconds(20));

            applied(limiter).admit(new ResourceUsage(0, 0, 100_000_000)).settle(new ResourceUsage(0, 0, 100_000_000));
            early.settle(new ResourceUsage(0, 0, 20_000_000));

            assertThat(limiter.statuses().getFirst().remaining()).isEqualTo(880_000_000);
        }

        @Test
        void requestWithinOneWindow_givesBackWhatItDidNotUse() {
            FakeClock clock = new FakeClock();
            Limiter limiter = limiter("tokens-per-day: 10k", "UTC", clock);
            Admission admission = applied(limiter).admit(new ResourceUsage(5_000, 0, 0));
            clock.advance(Duration.ofHours(20));
            admission.settle(new ResourceUsage(200, 0, 0));

            assertThat(remaining(limiter, "tokens-per-day")).isEqualTo(9_800);
        }

        @Test
        void requestOverManyWindows_countsInTheOneItEndsIn() {
            FakeClock clock = new FakeClock();
            Limiter limiter = limiter("tokens-per-day: 10k", "UTC", clock);
            Admission admission = applied(limiter).admit(new ResourceUsage(5_000, 0, 0));
            clock.advance(Duration.ofDays(3));
            admission.settle(new ResourceUsage(200, 0, 0));

            assertThat(remaining(limiter, "tokens-per-day")).isEqualTo(9_800);
        }
    }
}
