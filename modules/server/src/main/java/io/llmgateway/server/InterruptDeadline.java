package io.llmgateway.server;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A moment at which the thread of a connection is interrupted, which closes the channel it is blocked in without any
 * lock of the socket. Armed and disarmed by that thread, looked at by the watchdog; both compare and set one value, so
 * that the interrupt comes while a deadline is armed or not at all. What is to be said to the client before is said by
 * a thread of its own, since the other one is blocked.
 */
final class InterruptDeadline {
    /** No deadline is armed. */
    static final long NEVER = Long.MAX_VALUE;

    /** The deadline has passed and the interrupt is on its way, or has come. */
    private static final long EXPIRING = Long.MIN_VALUE;

    private static final long EXPIRED = Long.MIN_VALUE + 1;

    /** How long the last words may take, in nanoseconds. */
    private static final long LAST_WORDS_NANOS = 1_000_000_000L;

    private static final long PAUSE_NANOS = 100_000L;

    private final AtomicLong moment = new AtomicLong(NEVER);
    private volatile @Nullable Thread owner;
    private volatile @Nullable Runnable lastWords;
    private volatile long forcedAt = NEVER;

    void ownedBy(Thread thread) {
        owner = thread;
    }

    @Nullable
    Thread owner() {
        return owner;
    }

    /** Sets the deadline; called by the owner. Does nothing once one has passed. */
    void arm(long nanoTime, @Nullable Runnable saidBefore) {
        long before = moment.get();
        // only the watchdog changes it meanwhile, and then it has passed
        if (before > EXPIRED) {
            lastWords = saidBefore;
            moment.compareAndSet(before, Math.clamp(nanoTime, EXPIRED + 1, NEVER - 1));
        }
    }

    /**
     * Takes the deadline away; called by the owner. When it has passed, the interrupt has come and is taken away too,
     * so that nothing else that waits is interrupted by it; the connection is of no use then.
     *
     * @return false when the deadline has passed
     */
    boolean disarm() {
        long before = moment.get();
        if (before > EXPIRED && moment.compareAndSet(before, NEVER)) {
            return true;
        }
        while (moment.get() != EXPIRED) {
            LockSupport.parkNanos(PAUSE_NANOS);
            Thread.onSpinWait();
        }
        Thread.interrupted();
        return false;
    }

    /** True once a deadline has passed; the connection carries nothing any more. */
    boolean expired() {
        return moment.get() <= EXPIRED;
    }

    /** True when the watchdog has nothing to look after. */
    boolean quiet() {
        long now = moment.get();
        return now == NEVER || now == EXPIRED;
    }

    /** Brings a deadline forward to now before which something is said to the client; called by any thread. */
    void expireIfSaid(long now) {
        long at = moment.get();
        if (at > EXPIRED && at != NEVER && lastWords != null) {
            // the watchdog finds it passed
            moment.compareAndSet(at, now - 1);
        }
    }

    /** Interrupts the owner if the deadline has passed; called by the watchdog. */
    void expireIfDue(long now) {
        long at = moment.get();
        if (at == EXPIRING && forcedAt != NEVER && now - forcedAt > 0) {
            // whoever says the last words waits for a client that does not read
            forcedAt = NEVER;
            end();
            return;
        }
        if (at <= EXPIRED || at == NEVER || now - at <= 0) {
            return;
        }
        if (!moment.compareAndSet(at, EXPIRING)) {
            return;
        }
        Runnable words = lastWords;
        if (words == null) {
            end();
            return;
        }
        forcedAt = now + LAST_WORDS_NANOS;
        Thread.ofVirtual().name("late-request").start(() -> {
            try {
                words.run();
            } finally {
                end();
            }
        });
    }

    private void end() {
        if (moment.get() != EXPIRING) {
            return;
        }
        try {
            Thread thread = owner;
            if (thread != null) {
                thread.interrupt();
            }
        } finally {
            moment.set(EXPIRED);
        }
    }
}
