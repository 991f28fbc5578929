package io.llmgateway.limits;

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

    private final Queue<Waiter> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile long step;

    /** Ends this wait in half a second, if nobody has decided about it until then. */
    void watch(Waiter waiter) {
        waiter.endsAt(step + STEPS);
        waiting.add(waiter);
        if (!running.get() && running.compareAndSet(false, true)) {
            // not a virtual thread: it must come to its turn when all that carry those are busy
            Thread.ofPlatform().daemon().name("limits-expiry").start(this::run);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written by this thread alone
    private void run() {
        do {
            while (!waiting.isEmpty()) {
                LockSupport.parkNanos(STEP_NANOS);
                step++;
                endOverdue();
            }
            running.set(false);
        } while (!waiting.isEmpty() && running.compareAndSet(false, true));
    }

    /** All wait equally long, so that they end in the order of coming. */
    private void endOverdue() {
        Waiter first = waiting.peek();
        while (first != null && first.over(step)) {
            waiting.remove();
            first = waiting.peek();
        }
    }
}
