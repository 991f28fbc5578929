package io.llmgateway.model;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The rest of a thread that looks after something many times a second: short while there is something to look after,
 * long while there is nothing, and over at once when something comes. Those who bring something pay one volatile read
 * while the thread is not in its long rest. Thread-safe; one thread rests.
 */
public final class Doze {
    private final long shortNanos;
    private final long longNanos;
    private volatile boolean dozing;
    private volatile Thread resting = Thread.currentThread();

    /**
     * Sets the rests.
     *
     * @param shortNanos between two looks, in nanoseconds
     * @param longNanos the longest while there is nothing, in nanoseconds
     */
    public Doze(long shortNanos, long longNanos) {
        this.shortNanos = shortNanos;
        this.longNanos = longNanos;
    }

    /**
     * Rests the calling thread; may end early.
     *
     * @param nothing true when there is nothing to look after; whoever changes that must call {@link #wake} afterwards
     */
    public void rest(BooleanSupplier nothing) {
        if (!nothing.getAsBoolean()) {
            LockSupport.parkNanos(shortNanos);
            return;
        }
        resting = Thread.currentThread();
        dozing = true;
        // what came before others could see the doze has woken nobody
        LockSupport.parkNanos(nothing.getAsBoolean() ? longNanos : shortNanos);
        dozing = false;
    }

    /** There is something to look after now. */
    public void wake() {
        if (dozing) {
            dozing = false;
            LockSupport.unpark(resting);
        }
    }
}
