package io.llmgateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for what another thread or process does. Stateless. */
public final class Eventually {
    private static final long BETWEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private Eventually() {}

    /** Looks again and again until it is so; fails when it is not so within so many seconds. */
    public static void within(int seconds, Callable<Boolean> done) throws Exception {
        within(seconds, done, () -> "");
    }

    /** The same, and says in the end what was seen last. */
    public static void within(int seconds, Callable<Boolean> done, Supplier<String> seen) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!done.call()) {
            assertThat(System.nanoTime() - end)
                    .as("nanoseconds after its time; seen: %s", seen.get())
                    .isNegative();
            LockSupport.parkNanos(BETWEEN_NANOS);
        }
    }
}
