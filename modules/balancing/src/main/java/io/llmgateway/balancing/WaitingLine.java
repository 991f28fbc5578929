package io.llmgateway.balancing;

import io.llmgateway.settings.SelectionSettings.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Requests that wait until an instance is free again: so many at most and for so long, then they are refused. Costs
 * nothing while nobody waits. An interrupt ends the wait. Thread-safe.
 */
final class WaitingLine {
    private static final long SHORTEST_NANOS = 20_000_000;

    private volatile Queue limits;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition freed = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();

    WaitingLine(Queue limits) {
        this.limits = limits;
    }

    /** Puts other bounds in force for those who come from now on. */
    void configure(Queue changed) {
        limits = changed;
    }

    int waiting() {
        return waiting.get();
    }

    /**
     * Tries until it succeeds or the time is over; false when it did not succeed or the line is full.
     *
     * @param lookAgain nanoseconds after which another try is worthwhile although nobody gave anything back
     */
    boolean await(BooleanSupplier attempt, LongSupplier lookAgain) {
        long left = limits.maxWait().toNanos();
        lock.lock();
        try {
            if (waiting.get() >= limits.maxWaiting()) {
                return false;
            }
            waiting.incrementAndGet();
            try {
                boolean done = attempt.getAsBoolean();
                while (!done && left > 0) {
                    long step = Math.min(left, Math.max(SHORTEST_NANOS, lookAgain.getAsLong()));
                    left -= step - freed.awaitNanos(step);
                    done = attempt.getAsBoolean();
                }
                return done;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            } finally {
                waiting.decrementAndGet();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets the one who waited longest try. */
    void wake() {
        if (waiting.get() > 0) {
            lock.lock();
            try {
                freed.signal();
            } finally {
                lock.unlock();
            }
        }
    }
}
