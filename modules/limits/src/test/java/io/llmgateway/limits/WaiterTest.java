package io.llmgateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.model.GatewayException;
import io.llmgateway.model.KeyName;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import io.llmgateway.testing.FakeClock;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WaiterTest {
    private final FakeClock clock = new FakeClock();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<String> letIn = new LinkedBlockingQueue<>();

    private Limiter limiter(String first, String second, String group) {
        String text = """
                keys:
                  - {name: a, key: a-key-for-this-test-1, group: team, limits: {%s}}
                  - {name: b, key: a-key-for-this-test-2, group: team, limits: {%s}}
                groups: [{name: team, limits: {%s}}]
                providers: {p: {type: openai, instances: [{name: i, base-url: "http://h"}]}}
                """.formatted(first, second, group);
        LoadResult result = SettingsLoader.load("test", text, Path.of(""), Sources.of(Map.of()));
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        return new Limiter(((LoadResult.Loaded) result).settings(), clock, clock);
    }

    private static EffectiveLimits of(Limiter limiter, String key) {
        return limiter.applied(new KeyName(key), "m", "m");
    }

    /** Asks on a thread of its own and returns when that thread waits or has its place. */
    private Future<Admission> ask(String name, EffectiveLimits applied) {
        int waiting = waiting(applied);
        Future<Admission> asked = threads.submit(() -> {
            Admission admission = applied.admit(ResourceUsage.NOTHING);
            letIn.add(name);
            return admission;
        });
        while (!asked.isDone() && waiting(applied) == waiting) {
            Thread.onSpinWait();
        }
        return asked;
    }

    private static int waiting(EffectiveLimits applied) {
        int count = 0;
        for (Scope scope : applied.scopes()) {
            scope.lock().lock();
            try {
                count += scope.waiting().size();
            } finally {
                scope.lock().unlock();
            }
        }
        return count;
    }

    private static long remaining(Limiter limiter, String owner) {
        return limiter.statuses().stream()
                .filter(status -> status.owner().equals(owner))
                .findFirst()
                .orElseThrow()
                .remaining();
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void places_goToThoseWhoWait_longestFirst() throws Exception {
        Limiter limiter = limiter("", "", "concurrent: 1");
        EffectiveLimits applied = of(limiter, "a");
        Admission running = applied.admit(ResourceUsage.NOTHING);
        Future<Admission> first = ask("first", applied);
        Future<Admission> second = ask("second", applied);
        Future<Admission> third = ask("third", applied);

        running.settle(ResourceUsage.NOTHING);
        first.get().settle(ResourceUsage.NOTHING);
        second.get().settle(ResourceUsage.NOTHING);
        third.get().settle(ResourceUsage.NOTHING);

        assertThat(letIn).containsExactly("first", "second", "third");
        assertThat(remaining(limiter, "group 'team'")).isEqualTo(1);
        assertThat(waiting(applied)).isZero();
    }

    @Test
    void noPlaceInTime_isRefused_withTheLimit_andLeavesNothingBehind() throws Exception {
        Limiter limiter = limiter("", "", "concurrent: 1");
        EffectiveLimits applied = of(limiter, "a");
        Admission running = applied.admit(ResourceUsage.NOTHING);

        assertThatThrownBy(() -> ask("late", applied).get())
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(GatewayException.class)
                .hasMessageContaining("the limit concurrent (1) of group 'team' is reached");

        assertThat(waiting(applied)).isZero();
        running.settle(ResourceUsage.NOTHING);
        assertThat(remaining(limiter, "group 'team'")).isEqualTo(1);
    }

    @Test
    void whoStillLacksAnotherPlace_isPassedOver_andComesWhenItIsThere() throws Exception {
        Limiter limiter = limiter("concurrent: 1", "", "concurrent: 2");
        EffectiveLimits a = of(limiter, "a");
        EffectiveLimits b = of(limiter, "b");
        Admission ofA = a.admit(ResourceUsage.NOTHING);
        Admission ofB = b.admit(ResourceUsage.NOTHING);
        Future<Admission> waitsForBoth = ask("a", a);
        Future<Admission> waitsForTheGroup = ask("b", b);

        ofB.settle(ResourceUsage.NOTHING);
        Admission given = waitsForTheGroup.get();

        assertThat(letIn).containsExactly("b");
        ofA.settle(ResourceUsage.NOTHING);
        waitsForBoth.get().settle(ResourceUsage.NOTHING);
        given.settle(ResourceUsage.NOTHING);
        assertThat(letIn).containsExactly("b", "a");
        assertThat(remaining(limiter, "group 'team'")).isEqualTo(2);
        assertThat(remaining(limiter, "key 'a'")).isEqualTo(1);
    }

    @Test
    void aRateThatIsSpentMeanwhile_refusesWhoWaits_withoutWaitingLonger() throws Exception {
        Limiter limiter = limiter("requests-per-minute: 2", "", "concurrent: 1");
        EffectiveLimits a = of(limiter, "a");
        Admission running = of(limiter, "b").admit(ResourceUsage.NOTHING);
        Future<Admission> first = ask("first", a);
        Future<Admission> second = ask("second", a);
        Future<Admission> third = ask("third", a);

        running.settle(ResourceUsage.NOTHING);
        first.get().settle(ResourceUsage.NOTHING);
        second.get().settle(ResourceUsage.NOTHING);

        assertThatThrownBy(third::get).cause().hasMessageContaining("requests-per-minute (2) of key 'a'");
        assertThat(remaining(limiter, "group 'team'")).isEqualTo(1);
    }
}
