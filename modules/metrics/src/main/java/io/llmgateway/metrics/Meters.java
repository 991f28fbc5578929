package io.llmgateway.metrics;

import io.helidon.metrics.api.Counter;
import io.helidon.metrics.api.Gauge;
import io.helidon.metrics.api.Meter;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.MetricsConfig;
import io.helidon.metrics.api.MetricsFactory;
import io.helidon.metrics.api.Tag;
import io.helidon.service.registry.Services;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Where meters come from: the registry behind them is one for the process. Thread-safe. */
final class Meters {
    static final MetricsConfig CONFIG =
            MetricsConfig.builder().warnOnMultipleRegistries(false).build();

    /**
     * Made when it is first asked for, and never again: each one that is made stays for good below all meters of the
     * process, which are then made and counted once more for it.
     */
    static final MeterRegistry REGISTRY = Services.get(MetricsFactory.class).createMeterRegistry(CONFIG);

    // Helidon and the registry below it take their two locks in either order when meters are made by several threads
    // at once, which ends in a deadlock; so one at a time makes them, in the whole process
    private static final ReentrantLock MAKING = new ReentrantLock();

    private final boolean detached;
    private final List<Counted> counted = new CopyOnWriteArrayList<>();
    private final Map<String, Tally> tallies = new ConcurrentHashMap<>();

    /**
     * Makes the meters of one gateway.
     *
     * @param detached true for meters that nobody will ever read: the registry does not get to know them
     */
    Meters(boolean detached) {
        this.detached = detached;
    }

    /** A counter for the path of requests; the same one whenever it is asked for. */
    Tally tally(Metric metric, Tag... tags) {
        return tallies.computeIfAbsent(
                metric.name() + Histogram.labels(tags), _ -> new Tally(detached ? null : counter(metric, tags)));
    }

    private static Counter counter(Metric metric, Tag... tags) {
        return make(Counter.builder(metric.name()).description(metric.meaning()).tags(List.of(tags)));
    }

    /** Counts what somebody else has counted already: it is told when the metrics are read. */
    void count(Metric metric, LongSupplier value, Tag... tags) {
        if (detached) {
            return;
        }
        counted.add(new Counted(counter(metric, tags), value));
    }

    /** A present value. */
    void gauge(Metric metric, IntSupplier value, Tag... tags) {
        amount(metric, value::getAsInt, tags);
    }

    /** A present value that is not an {@code int}. */
    void amount(Metric metric, LongSupplier value, Tag... tags) {
        if (!detached) {
            present(metric, value, tags);
        }
    }

    /** Present values that can be removed again, all under one tag and each under one more. */
    List<Meter> gauges(Tag common, List<Present> values) {
        return detached
                ? List.of()
                : values.stream()
                        .map(one -> present(
                                one.metric,
                                one.value::getAsInt,
                                one.state == null ? new Tag[] {common} : new Tag[] {common, one.state}))
                        .toList();
    }

    /** A present value; null when it has no tag of its own. */
    record Present(
            Metric metric, IntSupplier value, @Nullable Tag state) {}

    private static Meter present(Metric metric, LongSupplier value, Tag... tags) {
        return make(Gauge.builder(metric.name(), value::getAsLong)
                .description(metric.meaning())
                .tags(List.of(tags)));
    }

    /** The tags and one more. */
    static Tag[] with(Tag[] tags, String name, String value) {
        Tag[] more = Arrays.copyOf(tags, tags.length + 1);
        more[tags.length] = Tag.create(name, value);
        return more;
    }

    /** Tells the library's counters what they do not know yet. */
    void tell() {
        counted.forEach(Counted::tell);
        tallies.values().forEach(Tally::tell);
    }

    void remove(List<Meter> meters) {
        MAKING.lock();
        try {
            meters.forEach(REGISTRY::remove);
        } finally {
            MAKING.unlock();
        }
    }

    private static <M extends Meter, B extends Meter.Builder<B, M>> M make(B builder) {
        MAKING.lock();
        try {
            return REGISTRY.getOrCreate(builder);
        } finally {
            MAKING.unlock();
        }
    }
}
