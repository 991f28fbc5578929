package io.llmgateway.balancing;

import io.llmgateway.settings.SelectionSettings.Queue;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait until an instance is free again: so many at most and for so long, then they are refused. Who gives
 * an instance back takes it for the first that can use it, in its name, so that nobody is woken in vain, nobody who
 * could use it is left waiting, and who comes later overtakes nobody. Costs nothing while nobody waits. An interrupt
 * ends the wait. Thread-safe.
 */
final class WaitQueue {
    private static final long SHORTEST_NANOS = 20_000_000;

    private volatile Queue limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedSet<Waiter> waiters = new LinkedHashSet<>();
    private final AtomicInteger waiting = new AtomicInteger();

    /** One request that waits. Guarded by the lock. */
    private static final class Waiter {
        private final BooleanSupplier attempt;
        private final Condition called;
        private boolean done;
        private boolean first;
        private @Nullable RuntimeException failure;

        Waiter(BooleanSupplier attempt, Condition called) {
            this.attempt = attempt;
            this.called = called;
        }

        /** True when the wait is over. */
        boolean serve() {
            try {
                done = attempt.getAsBoolean();
                return done;
            } catch (RuntimeException e) {
                // it belongs to the request that waits, not to the one that has ended
                failure = e;
                return true;
            }
        }
    }

    WaitQueue(Queue limits) {
        this.limits = limits;
    }

    /** Applies other bounds for those who come from now on. */
    void configure(Queue changed) {
        limits = changed;
    }

    int waiting() {
        return waiting.get();
    }

    /**
     * Tries until it succeeds or the time is over; false when it did not succeed or waiting is of no use. The attempt
     * may be made by another thread, while this one waits.
     *
     * @param worth whether it is worth waiting after the first try has failed
     * @param lookAgain nanoseconds after which another try is worthwhile although nobody gave anything back
     * @param full what is thrown when waiting is worth it and as many wait as may
     */
    boolean await(
            BooleanSupplier attempt,
            BooleanSupplier worth,
            LongSupplier lookAgain,
            Supplier<? extends RuntimeException> full) {
        lock.lock();
        try {
            if (lookAgain.getAsLong() == 0) {
                serveAll();
            }
            if (attempt.getAsBoolean()) {
                return true;
            }
            if (!worth.getAsBoolean()) {
                return false;
            }
            if (waiting.get() >= limits.maxWaiting()) {
                throw full.get();
            }
            Waiter waiter = new Waiter(attempt, lock.newCondition());
            waiters.addLast(waiter);
            waiting.incrementAndGet();
            // what was given back before this one was counted has called nobody
            serve(waiter);
            try {
                return waitFor(waiter, lookAgain);
            } finally {
                leave(waiter);
            }
        } finally {
            lock.unlock();
        }
    }

    private void serve(Waiter waiter) {
        if (waiter.serve()) {
            leave(waiter);
        }
    }

    private boolean waitFor(Waiter waiter, LongSupplier lookAgain) {
        long left = limits.maxWait().toNanos();
        try {
            while (waiters.contains(waiter) && left > 0) {
                // one looks for all whether time alone has changed something
                waiter.first = waiters.getFirst() == waiter;
                long step = waiter.first ? Math.min(left, Math.max(SHORTEST_NANOS, lookAgain.getAsLong())) : left;
                left -= step - waiter.called.awaitNanos(step);
                if (waiters.contains(waiter) && waiters.getFirst() == waiter) {
                    serveAll();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        if (waiter.failure != null) {
            throw waiter.failure;
        }
        return waiter.done;
    }

    private void leave(Waiter waiter) {
        if (waiters.remove(waiter)) {
            waiting.decrementAndGet();
            waiter.called.signal();
            if (!waiters.isEmpty() && !waiters.getFirst().first) {
                waiters.getFirst().called.signal();
            }
        }
    }

    /** Gives one place at an instance back, to the first that can use it. */
    void giveBack(InstanceState used) {
        if (waiting.get() == 0) {
            used.release();
            // whoever came in between looks for itself, or is counted by now
            if (waiting.get() > 0) {
                serveOne(null);
            }
        } else {
            serveOne(used);
        }
    }

    private void serveOne(@Nullable InstanceState used) {
        lock.lock();
        try {
            if (used != null) {
                used.release();
            }
            for (Waiter waiter : waiters.toArray(Waiter[]::new)) {
                if (waiter.serve()) {
                    leave(waiter);
                    return;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets all who wait try in their order: something has changed for more than one. */
    void wakeAll() {
        if (waiting.get() > 0) {
            lock.lock();
            try {
                serveAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void serveAll() {
        if (!waiters.isEmpty()) {
            for (Waiter waiter : waiters.toArray(Waiter[]::new)) {
                serve(waiter);
            }
        }
    }
}
