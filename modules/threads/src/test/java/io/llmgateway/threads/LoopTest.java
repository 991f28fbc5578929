package io.llmgateway.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ResourceBundle;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LoopTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final AtomicLong now = new AtomicLong();
    private final Recorded log = new Recorded();

    /** Counts what is logged. */
    private static final class Recorded implements System.Logger {
        private final AtomicInteger lines = new AtomicInteger();

        @Override
        public String getName() {
            return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable e) {
            lines.incrementAndGet();
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... values) {
            lines.incrementAndGet();
        }
    }

    private Loop loop(Loop.Step step) {
        return Loop.until(LoopName.HEAP_REST, step, now::get, log);
    }

    @Test
    void whateverIsThrown_theLoopGoesOnAndCounts() throws InterruptedException {
        long before = Loop.errors(LoopName.HEAP_REST);
        AtomicInteger round = new AtomicInteger();

        try (Loop loop = loop(() -> switch (round.incrementAndGet()) {
            case 1 -> throw new IllegalStateException("runtime");
            case 2 -> throw new NoClassDefFoundError("linkage");
            case 3 -> throw new StackOverflowError();
            case 4 -> throw new AssertionError("any error");
            default -> false;
        })) {
            assertThat(loop.join(LONG)).isTrue();
        }

        assertThat(round.get()).isEqualTo(5);
        assertThat(Loop.errors(LoopName.HEAP_REST) - before).isEqualTo(4);
    }

    @Test
    void manyFailures_areLoggedOnceInAMinute() throws InterruptedException {
        AtomicInteger round = new AtomicInteger();

        try (Loop loop = loop(() -> {
            int current = round.incrementAndGet();
            if (current == 4) {
                now.addAndGet(Duration.ofSeconds(60).toNanos());
            }
            if (current == 6) {
                return false;
            }
            throw new IllegalStateException("again");
        })) {
            assertThat(loop.join(LONG)).isTrue();
        }

        assertThat(log.lines.get())
                .as("the first, and the first a minute later")
                .isEqualTo(2);
    }

    @Test
    void loopThatAlwaysFails_restsBetween() throws InterruptedException {
        AtomicInteger rounds = new AtomicInteger();
        CountDownLatch several = new CountDownLatch(5);
        long begun = System.nanoTime();

        Loop loop = loop(() -> {
            rounds.incrementAndGet();
            several.countDown();
            throw new IllegalStateException("always");
        });
        assertThat(several.await(30, TimeUnit.SECONDS)).isTrue();
        loop.close();
        assertThat(loop.join(LONG)).isTrue();

        // 10, 20, 40 and 80 ms before the fifth
        assertThat(System.nanoTime() - begun).isGreaterThan(100_000_000L);
        assertThat(rounds.get()).isLessThan(20);
    }

    @Test
    void memoryThatIsGone_endsTheLoop() throws InterruptedException {
        AtomicInteger rounds = new AtomicInteger();

        try (Loop loop = loop(() -> {
            rounds.incrementAndGet();
            throw new InternalError("the machine is broken");
        })) {
            assertThat(loop.join(LONG)).isTrue();
        }

        assertThat(rounds.get()).isEqualTo(1);
    }

    @Test
    void failureAfterClose_endsTheLoop() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);

        Loop loop = loop(() -> {
            closed.await();
            throw new IllegalStateException("nothing works any more");
        });
        loop.close();
        closed.countDown();
        assertThat(loop.join(LONG)).isTrue();
    }

    @Test
    void periodicLoop_worksUntilItIsClosed() throws InterruptedException {
        CountDownLatch worked = new CountDownLatch(3);

        Loop loop = Loop.every(LoopName.PROBER, Duration.ofMillis(5), worked::countDown);
        assertThat(worked.await(30, TimeUnit.SECONDS)).isTrue();
        loop.close();
        assertThat(loop.join(LONG)).isTrue();
    }

    @Test
    void periodicLoop_isWokenAndClosedWithoutWaitingForItsPeriod() throws InterruptedException {
        CountDownLatch worked = new CountDownLatch(1);

        Loop loop = Loop.every(LoopName.PROBER, Duration.ofHours(1), worked::countDown);
        loop.wake();
        assertThat(worked.await(30, TimeUnit.SECONDS)).isTrue();
        loop.close();
        assertThat(loop.join(LONG)).isTrue();
    }
}
