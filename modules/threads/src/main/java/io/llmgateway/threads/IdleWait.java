package io.llmgateway.threads;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The rest of a thread that looks after something many times a second: short while there is something to look after,
 * long while there is nothing; when something comes, the long rest becomes a short one. So what comes is looked at
 * within a short rest, and however much comes and goes costs one look for each. Those who bring something pay one
 * volatile read while the thread is not in its long rest. Thread-safe; one thread rests.
 */
public final class IdleWait {
    private final long shortNanos;
    private final long longNanos;
    private volatile @Nullable Thread dozing;

    /**
     * Sets the rests.
     *
     * @param shortNanos between two looks, in nanoseconds
     * @param longNanos the longest while there is nothing, in nanoseconds
     */
    public IdleWait(long shortNanos, long longNanos) {
        this.shortNanos = shortNanos;
        this.longNanos = longNanos;
    }

    /**
     * Rests the calling thread, for the short rest at least, unless it is unparked.
     *
     * @param idle whether there was nothing to look after at the last look
     * @param nothing whether that is still so; whoever changes it must call {@link #wake} afterwards
     */
    public void rest(boolean idle, BooleanSupplier nothing) {
        if (!idle) {
            LockSupport.parkNanos(shortNanos);
            return;
        }
        dozing = Thread.currentThread();
        // what came before others could see the doze has woken nobody
        boolean still = nothing.getAsBoolean();
        if (still) {
            LockSupport.parkNanos(longNanos);
        }
        boolean woken = dozing == null;
        dozing = null;
        if (woken || !still) {
            LockSupport.parkNanos(shortNanos);
        }
    }

    /** There is something to look after now. */
    public void wake() {
        Thread thread = dozing;
        if (thread != null) {
            dozing = null;
            LockSupport.unpark(thread);
        }
    }
}
