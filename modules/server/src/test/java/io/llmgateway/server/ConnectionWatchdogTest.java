package io.llmgateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.Loop;
import io.llmgateway.model.LoopName;
import io.llmgateway.testing.FakeClock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ConnectionWatchdogTest {
    private final FakeClock clock = new FakeClock();

    /** A connection whose thread waits until it is interrupted. */
    private static Thread waiting(ConnectionWatchdog watchdog, long deadline) throws InterruptedException {
        CountDownLatch armed = new CountDownLatch(1);
        Thread thread = Thread.ofVirtual().start(() -> {
            GuardedConnection connection = new GuardedConnection(new FakeContext(), 1_000, 0, watchdog.doze());
            connection.ownedBy(Thread.currentThread());
            watchdog.add(connection);
            connection.arm(deadline);
            armed.countDown();
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park();
            }
            assertThat(connection.disarm()).isFalse();
            watchdog.closing(connection);
        });
        assertThat(armed.await(20, TimeUnit.SECONDS)).isTrue();
        return thread;
    }

    @Test
    void connections_endAtTheirDeadlines() throws InterruptedException {
        try (ConnectionWatchdog watchdog = new ConnectionWatchdog(clock)) {
            Thread first = waiting(watchdog, Duration.ofSeconds(1).toNanos());
            Thread second = waiting(watchdog, Duration.ofSeconds(9).toNanos());
            assertThat(watchdog.open()).isEqualTo(2);

            clock.advance(Duration.ofSeconds(2));
            assertThat(first.join(Duration.ofSeconds(20))).isTrue();
            assertThat(watchdog.open()).isEqualTo(1);
            assertThat(second.isAlive()).isTrue();

            clock.advance(Duration.ofSeconds(9));
            assertThat(second.join(Duration.ofSeconds(20))).isTrue();
            assertThat(watchdog.open()).isZero();
        }
    }

    @Test
    void failureOfALook_doesNotEndTheWatch() throws InterruptedException {
        long errors = Loop.errors(LoopName.CONNECTION_WATCHDOG);
        AtomicInteger asked = new AtomicInteger();
        try (ConnectionWatchdog watchdog = new ConnectionWatchdog(() -> {
            if (asked.incrementAndGet() <= 2) {
                throw new java.io.UncheckedIOException(new java.nio.channels.ClosedChannelException());
            }
            return clock.getAsLong();
        })) {
            Thread waiting = waiting(watchdog, Duration.ofSeconds(1).toNanos());
            clock.advance(Duration.ofSeconds(2));

            assertThat(waiting.join(Duration.ofSeconds(20))).isTrue();
        }
        assertThat(Loop.errors(LoopName.CONNECTION_WATCHDOG) - errors).isGreaterThanOrEqualTo(2);
    }
}
