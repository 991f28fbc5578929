package io.llmgateway.logs;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A queue of a fixed size from many threads to one, without a lock and without allocation: what does not fit is refused
 * at once. Thread-safe; {@link #poll} belongs to one thread.
 *
 * @param <E> what is in it
 */
final class Ring<E> {
    private final AtomicReferenceArray<@Nullable E> slots;
    private final int mask;
    private final AtomicLong head = new AtomicLong();
    private final AtomicLong tail = new AtomicLong();

    /** Makes a ring; the capacity is a power of two. */
    Ring(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("a ring's capacity must be a power of two, was " + capacity);
        }
        this.slots = new AtomicReferenceArray<>(capacity);
        this.mask = capacity - 1;
    }

    /** False when the ring is full. */
    boolean offer(E element) {
        while (true) {
            long at = tail.get();
            if (at - head.get() > mask) {
                return false;
            }
            if (tail.compareAndSet(at, at + 1)) {
                // the head moves only after its slot was emptied, so this one is free
                slots.setRelease((int) at & mask, element);
                return true;
            }
        }
    }

    /** The oldest element; null when there is none, or when the thread that brings it has not let go of it yet. */
    @Nullable
    E poll() {
        long at = head.get();
        int slot = (int) at & mask;
        E element = slots.getAcquire(slot);
        if (element != null) {
            slots.setRelease(slot, null);
            head.set(at + 1);
        }
        return element;
    }

    /** How many elements are in it. */
    int size() {
        return (int) (tail.get() - head.get());
    }
}
