package io.llmgateway.launcher;

import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import java.time.Duration;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives the memory of the heap back once the load is over. Under load the heap is better not made smaller: it then has
 * to be searched again and again for what can go. When nothing was under way for 20 s, nobody notices one whole
 * collection, and only such a one leaves a heap that is as small as what lives in it. Confined to its thread.
 */
final class HeapRest implements AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final int QUIET_LOOKS = 4;
    /** About what the heap begins with, in bytes. */
    private static final long SMALL = 96L << 20;

    private final IntSupplier underWay;
    private final LongSupplier heapBytes;
    private final Runnable collect;
    private @Nullable Loop loop;
    private int quiet;
    private long left;

    /**
     * Looks only when it is told to.
     *
     * @param underWay how many requests are under way
     * @param heapBytes how large the heap is, free or not
     * @param collect collects and makes the heap smaller
     */
    HeapRest(IntSupplier underWay, LongSupplier heapBytes, Runnable collect) {
        this.underWay = underWay;
        this.heapBytes = heapBytes;
        this.collect = collect;
    }

    /** Looks each 5 s until it is closed. */
    static HeapRest start(IntSupplier underWay) {
        return start(underWay, LOOK);
    }

    static HeapRest start(IntSupplier underWay, Duration between) {
        HeapRest rest = new HeapRest(underWay, Runtime.getRuntime()::totalMemory, Runtime.getRuntime()::gc);
        rest.loop = Loop.every(LoopName.HEAP_REST, between, rest::look);
        return rest;
    }

    /** Collects when it has been quiet for long enough and the heap has grown since the last time. */
    void look() {
        quiet = underWay.getAsInt() == 0 ? quiet + 1 : 0;
        long heap = heapBytes.getAsLong();
        // what did not help once is not tried again until there is more to win
        if (quiet >= QUIET_LOOKS && heap > SMALL && heap > left + left / 4) {
            collect.run();
            left = heapBytes.getAsLong();
            quiet = 0;
        }
    }

    @Override
    public void close() {
        if (loop != null) {
            loop.close();
        }
    }
}
