package io.llmgateway.limits;

import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends waits after half a second. One thread looks at them each 20 ms as long as anybody waits: a timer for each wait
 * makes two threads change places when it is set and when it is taken back, which was a third of the price of a request
 * under overload. Thread-safe.
 */
final class Expiry {
    private static final long STEP_NANOS = 20_000_000;
    private static final int STEPS = 25;

    private final Queue<Wait> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile long step;

    /** One that waits. Thread-safe. */
    interface Wait {
        /** Says at which step it ends. */
        void endsAt(long step);

        /** True when the wait has come to its end, be it with this step. */
        boolean over(long step);
    }

    /** Ends this wait in half a second, if nobody has decided about it until then. */
    void watch(Wait waiter) {
        waiter.endsAt(step + STEPS);
        waiting.add(waiter);
        if (!running.get() && running.compareAndSet(false, true)) {
            // not a virtual thread: it must come to its turn when all that carry those are busy
            begin();
        }
    }

    private void begin() {
        boolean begun = false;
        try {
            Loop.until(LoopName.LIMITS_EXPIRY, this::run);
            begun = true;
        } finally {
            if (!begun) {
                // no thread could be had: the next wait tries again
                running.set(false);
            }
        }
    }

    /** One step; false when nobody waits any more and no other thread has begun. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written by this thread alone
    private boolean run() {
        LockSupport.parkNanos(STEP_NANOS);
        step++;
        endOverdue();
        if (!waiting.isEmpty()) {
            return true;
        }
        running.set(false);
        return !waiting.isEmpty() && running.compareAndSet(false, true);
    }

    /** All wait equally long, so that they end in the order of coming. */
    private void endOverdue() {
        Wait first = waiting.peek();
        while (first != null && isOver(first)) {
            waiting.remove();
            first = waiting.peek();
        }
    }

    /** One that fails must not keep those behind it waiting for ever. */
    private boolean isOver(Wait first) {
        boolean told = false;
        try {
            boolean over = first.over(step);
            told = true;
            return over;
        } finally {
            if (!told) {
                waiting.remove();
            }
        }
    }
}
