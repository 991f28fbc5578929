package io.llmgateway.metrics;

import io.helidon.metrics.api.Counter;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A counter for the path of requests: it adds up by itself, at a tenth of the price, and tells the library's counter
 * when the metrics are read. Thread-safe.
 */
final class Tally {
    private final LongAdder sum = new LongAdder();
    private final AtomicLong told = new AtomicLong();
    private final @Nullable Counter counter;

    /**
     * Begins at zero.
     *
     * @param counter what is told; null for nobody
     */
    Tally(@Nullable Counter counter) {
        this.counter = counter;
    }

    void increment() {
        sum.increment();
    }

    void add(long more) {
        sum.add(more);
    }

    /** Tells the library's counter what it does not know yet. */
    void tell() {
        long now = sum.sum();
        long before = told.getAndAccumulate(now, Math::max);
        if (counter != null && now > before) {
            counter.increment(now - before);
        }
    }
}
