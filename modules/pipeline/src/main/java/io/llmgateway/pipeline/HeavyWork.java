package io.llmgateway.pipeline;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.GatewayFault;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Keeps processors free for small requests: conversions of large bodies, which take milliseconds to seconds of a
 * processor, run on at most half of the processors at once, in the order in which they came. Thread-safe.
 */
public final class HeavyWork {
    /** Up to this size a body or an answer is converted at once, in bytes: about three milliseconds. */
    static final int LIGHT_BYTES = 256 * 1024;

    private final Semaphore places;
    private final LongSupplier nanoTime;

    /**
     * Makes the places.
     *
     * @param processors how many processors there are
     * @param nanoTime monotonic time in nanoseconds
     */
    public HeavyWork(int processors, LongSupplier nanoTime) {
        this.places = new Semaphore(Math.max(1, processors / 2), true);
        this.nanoTime = nanoTime;
    }

    /**
     * Does the work, after a wait for a place when it is heavy.
     *
     * @param bytes how large it is
     * @param memory what the work is charged to: while it waits for memory, its place is given to others
     * @param deadline monotonic time in nanoseconds until which it may wait
     * @throws GatewayException with {@link ErrorKind#TIMEOUT_TOTAL} when the wait was in vain; with whatever the work
     *     throws
     */
    <T> T run(long bytes, long deadline, MemoryBudget.Share memory, Supplier<T> work) {
        if (bytes <= LIGHT_BYTES) {
            return work.get();
        }
        try {
            if (!places.tryAcquire(deadline - nanoTime.getAsLong(), TimeUnit.NANOSECONDS)) {
                throw outOfTime(null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw outOfTime(e);
        }
        memory.worksAt(places);
        try {
            return work.get();
        } finally {
            memory.worksAt(null);
            places.release();
        }
    }

    private static GatewayException outOfTime(@org.jspecify.annotations.Nullable Throwable cause) {
        GatewayFault fault = new GatewayFault.OutOfTime("the request's time was over while it waited to be converted");
        return cause == null ? new GatewayException(fault) : new GatewayException(fault, cause);
    }
}
