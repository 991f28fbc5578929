package io.llmgateway.metrics;

import io.helidon.metrics.api.Counter;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A counter of the library for what is counted elsewhere; it is told when the metrics are read. One of its own that
 * asks a function holds it weakly, and stands still once it was collected. Thread-safe.
 */
final class Counted {
    private final Counter counter;
    private final LongSupplier value;
    private final AtomicLong told = new AtomicLong();

    /**
     * Nothing is told yet.
     *
     * @param value what was counted since the start; never falls
     */
    Counted(Counter counter, LongSupplier value) {
        this.counter = counter;
        this.value = value;
    }

    /** Tells the counter what it does not know yet. */
    void tell() {
        long now = value.getAsLong();
        long before = told.getAndAccumulate(now, Math::max);
        if (now > before) {
            counter.increment(now - before);
        }
    }
}
