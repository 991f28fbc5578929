package io.llmgateway.balancing;

import io.llmgateway.settings.SelectionSettings.Queue;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait until an instance is free again: so many at most and for so long, then they are refused. Who gives
 * an instance back takes it for the first that can use it, in its name, so that nobody is woken in vain, nobody who
 * could use it is left waiting, and who comes later overtakes nobody. Who waits for several places at once holds up
 * those behind it, so that they come together; its wait ends like any other. Costs nothing while nobody waits. An
 * interrupt ends the wait. Thread-safe.
 */
final class WaitQueue {
    private static final long SHORTEST_NANOS = 20_000_000;

    private volatile Queue limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedSet<Waiter> waiters = new LinkedHashSet<>();
    private final AtomicInteger waiting = new AtomicInteger();

    /** What a request wants of the line. Asked with the lock held, by whichever thread has it. */
    interface Wish {
        /** Tries to take it; true when it was taken. */
        boolean take();

        /** Whether it is worth waiting after a try has failed. */
        boolean worthWaiting();

        /** How many places it wants, all at once. */
        default int places() {
            return 1;
        }

        /** True when what is free is kept for it, from all who come later. */
        default boolean holdsUp() {
            return false;
        }

        /** True when it is not held up by another. */
        default boolean overtakes() {
            return false;
        }
    }

    /** One request that waits. Guarded by the lock. */
    private static final class Waiter {
        private final Wish wish;
        private final Condition called;
        private boolean done;
        private boolean first;
        private @Nullable RuntimeException failure;

        Waiter(Wish wish, Condition called) {
            this.wish = wish;
            this.called = called;
        }

        /** True when the wait is over. */
        boolean serve() {
            try {
                done = wish.take();
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
     * @param lookAgain nanoseconds after which another try is worthwhile although nobody gave anything back
     * @param full what is thrown when waiting is worth it and as many wait as may
     */
    boolean await(Wish wish, LongSupplier lookAgain, Supplier<? extends RuntimeException> full) {
        lock.lock();
        try {
            if (lookAgain.getAsLong() == 0) {
                serveAll();
            }
            boolean heldUp = !wish.overtakes() && waiters.stream().anyMatch(waiter -> waiter.wish.holdsUp());
            if (!heldUp && wish.take()) {
                return true;
            }
            if (!wish.worthWaiting()) {
                return false;
            }
            if (waiting.get() >= limits.maxWaiting()) {
                throw full.get();
            }
            Waiter waiter = new Waiter(wish, lock.newCondition());
            waiters.addLast(waiter);
            waiting.incrementAndGet();
            if (!heldUp) {
                // what was given back before this one was counted has called nobody
                serve(waiter);
            }
            try {
                return waitFor(waiter, lookAgain);
            } finally {
                if (leave(waiter) && wish.places() > 1) {
                    // what was kept for it is for those behind it
                    serveAll();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean serve(Waiter waiter) {
        return waiter.serve() && leave(waiter);
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

    /** False when it had left before. */
    private boolean leave(Waiter waiter) {
        boolean there = waiters.remove(waiter);
        if (there) {
            waiting.decrementAndGet();
            waiter.called.signal();
            if (!waiters.isEmpty() && !waiters.getFirst().first) {
                waiters.getFirst().called.signal();
            }
        }
        return there;
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
            serveInTurn(true);
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
            serveInTurn(false);
        }
    }

    /** Serves those who can be in their order; after one place was given back one only, unless several leave. */
    private void serveInTurn(boolean onePlace) {
        boolean heldUp = false;
        for (Waiter waiter : waiters.toArray(Waiter[]::new)) {
            if (!heldUp || waiter.wish.overtakes()) {
                if (serve(waiter)) {
                    if (onePlace && waiter.wish.places() == 1) {
                        return;
                    }
                } else {
                    heldUp |= waiter.wish.holdsUp();
                }
            }
        }
    }
}
