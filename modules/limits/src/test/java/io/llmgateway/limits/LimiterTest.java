package io.llmgateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.llmgateway.model.GatewayException;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.RateState;
import io.llmgateway.model.Refusal;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimiterTest {
    private static final KeyName KEY = new KeyName("k");

    private final FakeClock clock = new FakeClock();

    private static GatewaySettings settings(String key, String more) {
        String text = """
                keys: [{name: k, key: a-key-for-this-test, group: team, limits: {%s}}]
                groups: [{name: team, parent: org, limits: {%s}}, {name: org}]
                providers: {p: {type: openai, instances: [{name: i, base-url: "http://h"}]}}
                """.formatted(key, more);
        LoadResult result = SettingsLoader.load("test", text, Path.of(""), Sources.of(Map.of()));
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        return ((LoadResult.Loaded) result).settings();
    }

    private Limiter limiter(String key, String group) {
        return new Limiter(settings(key, group), clock, clock);
    }

    private static EffectiveLimits applied(Limiter limiter) {
        return limiter.applied(KEY, "asked", "served");
    }

    private static Refusal.LimitExceeded refused(EffectiveLimits applied, ResourceUsage claim) {
        GatewayException thrown = catchThrowableOfType(GatewayException.class, () -> applied.admit(claim));
        assertThat(thrown).as("refused").isNotNull();
        return (Refusal.LimitExceeded) thrown.error();
    }

    private static long remaining(Limiter limiter, String limit) {
        return limiter.statuses().stream()
                .filter(status -> status.limit().equals(limit))
                .findFirst()
                .orElseThrow()
                .remaining();
    }

    @Test
    void requestsPerMinute_refill_andSayWhen() {
        EffectiveLimits applied = applied(limiter("requests-per-minute: 60", ""));
        for (int i = 0; i < 60; i++) {
            applied.admit(ResourceUsage.NOTHING);
        }

        Refusal.LimitExceeded refusal = refused(applied, ResourceUsage.NOTHING);

        assertThat(refusal.message()).isEqualTo("the limit requests-per-minute (60) of key 'k' is reached");
        assertThat(refusal.delay()).isEqualTo(Duration.ofSeconds(1));
        clock.advance(refusal.delay());
        applied.admit(ResourceUsage.NOTHING);
        assertThat(applied.states())
                .containsExactly(new RateState(RateState.Kind.REQUESTS, 60, 0, Duration.ofMinutes(1)));
    }

    @Test
    void tokens_areReserved_thenSettled_withDebt() {
        Limiter limiter = limiter("tokens-per-minute: 1000", "");
        EffectiveLimits applied = applied(limiter);

        Admission admission = applied.admit(new ResourceUsage(100, 500, 0));
        assertThat(remaining(limiter, "tokens-per-minute")).isEqualTo(400);
        admission.settle(new ResourceUsage(100, 50, 0));
        admission.settle(new ResourceUsage(100, 50, 0));
        assertThat(remaining(limiter, "tokens-per-minute")).isEqualTo(850);

        applied.admit(new ResourceUsage(0, 850, 0)).settle(new ResourceUsage(0, 1850, 0));
        assertThat(remaining(limiter, "tokens-per-minute")).isEqualTo(-1000);
        assertThat(applied.states().getFirst().remaining()).isZero();
        assertThat(refused(applied, new ResourceUsage(1, 0, 0)).delay()).isGreaterThan(Duration.ofSeconds(59));
    }

    @Test
    void moreThanTheWholeLimit_isLetInWhenAllOfItIsThere() {
        Limiter limiter = limiter("tokens-per-minute: 1000, budget: {amount: 1, per: day}", "");

        Admission admission = applied(limiter).admit(new ResourceUsage(5_000, 0, 2_000_000_000L));

        assertThat(remaining(limiter, "tokens-per-minute")).isZero();
        assertThat(remaining(limiter, "budget-per-day")).isZero();
        admission.settle(ResourceUsage.NOTHING);
        assertThat(remaining(limiter, "tokens-per-minute")).isEqualTo(1_000);
        assertThat(remaining(limiter, "budget-per-day")).isEqualTo(1_000_000_000L);
    }

    @Test
    void refusalByOneLimit_takesNothingFromTheOthers() {
        Limiter limiter = limiter(
                "requests-per-minute: 10, models: {\"other*\": {requests-per-minute: 10}}",
                "requests-per-minute: 20, models: {\"ask*\": {concurrent: 1}}");
        EffectiveLimits applied = applied(limiter);
        applied.admit(ResourceUsage.NOTHING);

        for (int i = 0; i < 3; i++) {
            assertThat(refused(applied, ResourceUsage.NOTHING).message()).contains("concurrent", "team", "ask*");
        }

        assertThat(limiter.statuses()).extracting(LimitStatus::remaining).containsExactlyInAnyOrder(9L, 10L, 19L, 0L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"requests-per-minute: 1", "concurrent: 1", "budget: {amount: 1}", "tokens-per-day: 100"})
    void lastUnit_goesToExactlyOneOfAThousand(String limit) throws Exception {
        EffectiveLimits applied = applied(limiter(limit, "requests-per-minute: 5000"));
        CountDownLatch start = new CountDownLatch(1);
        AtomicInteger admitted = new AtomicInteger();
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 1_000; i++) {
                all.add(threads.submit(() -> {
                    start.await();
                    applied.admit(new ResourceUsage(50, 50, 1_000_000_000L));
                    return admitted.incrementAndGet();
                }));
            }
            start.countDown();
        }

        assertThat(admitted).hasValue(1);
        assertThat(all.stream().filter(each -> each.state() == Future.State.FAILED))
                .hasSize(999);
    }

    @Test
    void concurrency_neverExceeds_andComesBack() throws Exception {
        Limiter limiter = limiter("concurrent: 7", "");
        EffectiveLimits applied = applied(limiter);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger highest = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) {
                Random random = new Random(i);
                threads.execute(() -> {
                    for (int j = 0; j < 50; j++) {
                        try {
                            Admission admission = applied.admit(ResourceUsage.NOTHING);
                            highest.accumulateAndGet(running.incrementAndGet(), Math::max);
                            Thread.onSpinWait();
                            running.decrementAndGet();
                            admission.settle(new ResourceUsage(random.nextInt(9), 0, 0));
                        } catch (GatewayException e) {
                            Thread.onSpinWait();
                        }
                    }
                });
            }
        }

        assertThat(highest.get()).isBetween(1, 7);
        assertThat(remaining(limiter, "concurrent")).isEqualTo(7);
    }

    @Test
    void reload_keepsWhatWasSpent() {
        Limiter before = limiter("requests-per-minute: 100, tokens-per-day: 1000", "concurrent: 5");
        for (int i = 0; i < 4; i++) {
            applied(before).admit(new ResourceUsage(100, 100, 0));
        }

        Limiter after = before.withSettings(
                settings("requests-per-minute: 200, tokens-per-day: 900, budget: {amount: 1}", "concurrent: 4"));

        assertThat(remaining(after, "requests-per-minute")).isEqualTo(196);
        assertThat(remaining(after, "tokens-per-day")).isEqualTo(100);
        assertThat(remaining(after, "concurrent")).isZero();
        assertThat(remaining(after, "budget-per-month")).isEqualTo(1_000_000_000L);
    }

    @Test
    void lastReservation_ofBeforeAReload_isGivenBack() {
        Limiter before = limiter("tokens-per-minute: 100", "concurrent: 1");
        Admission admission = applied(before).admit(new ResourceUsage(60, 0, 0));
        Limiter after = before.withSettings(settings("tokens-per-minute: 200", "concurrent: 1"));

        admission.settle(new ResourceUsage(10, 0, 0));

        assertThat(remaining(after, "tokens-per-minute")).isEqualTo(190);
        assertThat(remaining(after, "concurrent")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "UTC, day, 2026-03-28T12:00:00Z, 2026-03-29T00:00:00Z",
        "Europe/Berlin, day, 2026-03-29T12:00:00Z, 2026-03-29T22:00:00Z",
        "Europe/Berlin, day, 2026-10-25T12:00:00Z, 2026-10-25T23:00:00Z",
        "Europe/Berlin, month, 2026-10-25T12:00:00Z, 2026-10-31T23:00:00Z",
        "UTC, month, 2026-12-31T23:59:59Z, 2027-01-01T00:00:00Z",
        "UTC, hour, 2026-12-31T23:59:59Z, 2027-01-01T00:00:00Z"
    })
    void calendarWindows_endWhenTheZoneSays(String zone, String period, Instant now, Instant end) {
        FakeClock then = new FakeClock(now);
        String text = """
                keys: [{name: k, key: a-key-for-this-test, limits: {budget: {amount: 1, per: %s}}}]
                usage: {time-zone: %s}
                providers: {p: {type: openai, instances: [{name: i, base-url: "http://h"}]}}
                """.formatted(period, zone);
        GatewaySettings settings =
                ((LoadResult.Loaded) SettingsLoader.load("test", text, Path.of(""), Sources.of(Map.of()))).settings();
        EffectiveLimits applied = new Limiter(settings, then, then).applied(KEY, "a", "a");
        applied.admit(new ResourceUsage(0, 0, 1_000_000_000L));

        Refusal.LimitExceeded refusal = refused(applied, new ResourceUsage(0, 0, 1));

        assertThat(refusal.delay()).isEqualTo(Duration.between(now, end));
        then.advance(refusal.delay());
        applied.admit(new ResourceUsage(0, 0, 1));
    }

    @Test
    void clockSteps_neitherRefuseNorGiveNegativeWaits() {
        Limiter limiter = limiter("requests-per-minute: 10, tokens-per-day: 100", "");
        FakeClock steps = new FakeClock(Instant.parse("2026-05-05T12:30:00Z"));
        Limiter stepping = new Limiter(settings("requests-per-minute: 10, tokens-per-day: 100", ""), clock, steps);
        EffectiveLimits applied = applied(stepping);
        applied.admit(new ResourceUsage(60, 0, 0));
        steps.advance(Duration.ofHours(1));
        applied.admit(new ResourceUsage(10, 0, 0));
        steps.advance(Duration.ofHours(-2));
        applied.admit(new ResourceUsage(10, 0, 0));

        assertThat(refused(applied, new ResourceUsage(50, 0, 0)).delay()).isPositive();
        assertThat(remaining(stepping, "tokens-per-day")).isEqualTo(20);
        assertThat(remaining(limiter, "tokens-per-day")).isEqualTo(100);
    }

    @Test
    void history_countsIntoTheWindowsItBelongsTo() {
        Limiter limiter = limiter("tokens-per-day: 1000, budget: {amount: 10, per: month}", "");
        Instant today = clock.instant();
        assertThat(limiter.earliestWindow()).contains(Instant.parse("2026-01-01T00:00:00Z"));

        limiter.restore(List.of(
                new PastUsage(today, "k", "a", "b", 3, new ResourceUsage(100, 200, 4_000_000_000L)),
                new PastUsage(today.minus(Duration.ofDays(1)), "k", "a", "b", 3, new ResourceUsage(1, 1, 1)),
                new PastUsage(today, "gone", "a", "b", 3, new ResourceUsage(100, 200, 4))));

        assertThat(remaining(limiter, "tokens-per-day")).isEqualTo(700);
        assertThat(remaining(limiter, "budget-per-month")).isEqualTo(6_000_000_000L);
    }

    @Test
    void limitThatComesWithAReload_isToldWhatWasUsed_othersAreNotToldTwice() {
        Limiter before = limiter("tokens-per-day: 1000", "");
        PastUsage spent = new PastUsage(clock.instant(), "k", "a", "b", 3, new ResourceUsage(100, 200, 4_000_000_000L));
        before.restore(List.of(spent));
        assertThat(before.earliestWindow()).isEmpty();

        Limiter after = before.withSettings(settings("tokens-per-day: 1000, budget: {amount: 10, per: month}", ""));
        assertThat(after.earliestWindow()).isPresent();
        after.restore(List.of(spent));

        assertThat(remaining(after, "tokens-per-day")).isEqualTo(700);
        assertThat(remaining(after, "budget-per-month")).isEqualTo(6_000_000_000L);
    }
}
