package io.llmgateway.metrics;

import io.helidon.metrics.api.Tag;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What was spent, as counters of dollars. The library's counters hold whole numbers only, so that these write
 * themselves in Prometheus' text format. Thread-safe.
 */
final class CostCounters {
    private static final double NANOS_PER_DOLLAR = 1e9;

    private final List<Metric> metrics;
    private final Map<String, ConcurrentSkipListMap<String, LongAdder>> series = new ConcurrentHashMap<>();

    /** None of these metrics has a series yet; they are exposed in this order. */
    CostCounters(List<Metric> metrics) {
        this.metrics = List.copyOf(metrics);
        metrics.forEach(metric -> series.put(metric.name(), new ConcurrentSkipListMap<>()));
    }

    /** The counter of one series, in billionths of a dollar; the same one whenever it is asked for. */
    LongAdder of(Metric metric, Tag... tags) {
        ConcurrentSkipListMap<String, LongAdder> known = series.get(metric.name());
        if (known == null) {
            throw new IllegalArgumentException(metric.name() + " is no cost");
        }
        return known.computeIfAbsent(Histogram.labels(tags), _ -> new LongAdder());
    }

    /** Appends all series. */
    void expose(StringBuilder out) {
        for (Metric metric : metrics) {
            Map<String, LongAdder> known = series.getOrDefault(metric.name(), new ConcurrentSkipListMap<>());
            if (!known.isEmpty()) {
                String name = metric.name() + "_total";
                out.append("# HELP ")
                        .append(name)
                        .append(' ')
                        .append(metric.meaning())
                        .append('\n');
                out.append("# TYPE ").append(name).append(" counter\n");
                known.forEach((labels, nanos) -> out.append(name)
                        .append('{')
                        .append(labels)
                        .append("} ")
                        .append(nanos.sum() / NANOS_PER_DOLLAR)
                        .append('\n'));
            }
        }
    }
}
