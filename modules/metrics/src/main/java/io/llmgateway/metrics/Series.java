package io.llmgateway.metrics;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * The series of one metric by one label: made when first met, held from then
 * on, and bounded. What comes after the ceiling is counted under {@link #OTHER}. Thread-safe.
 *
 * @param <M> the kind of meter
 */
final class Series<M> {
    /** The label value that stands for everything beyond the ceiling. */
    static final String OTHER = "other";
    /** Most label values of one metric, when nothing else is said. */
    static final int CEILING = 1_000;

    private final ConcurrentHashMap<String, M> meters = new ConcurrentHashMap<>();
    private final AtomicInteger size = new AtomicInteger();
    private final Function<String, M> make;
    private final int ceiling;

    Series(Function<String, M> make) {
        this(make, CEILING);
    }

    Series(Function<String, M> make, int ceiling) {
        this.make = make;
        this.ceiling = ceiling;
    }

    M of(String label) {
        M known = meters.get(label);
        if (known != null) {
            return known;
        }
        String bounded = size.get() < ceiling ? label : OTHER;
        return meters.computeIfAbsent(bounded, value -> {
            size.incrementAndGet();
            return make.apply(value);
        });
    }
}
