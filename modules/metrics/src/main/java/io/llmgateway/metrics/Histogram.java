package io.llmgateway.metrics;

import io.helidon.metrics.api.Tag;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * A histogram that is cheap enough for every request, which those of the library are not: a value costs two increments.
 * It writes itself in Prometheus' text format. Thread-safe.
 */
final class Histogram {
    private static final double NANOS_PER_SECOND = 1e9;

    private final String name;
    private final String meaning;
    private final long[] bounds;
    private final double unit;
    private final Map<String, Cells> series = new ConcurrentSkipListMap<>();

    /**
     * Makes a histogram without series.
     *
     * @param name as it is exposed
     * @param bounds upper bounds of its buckets, rising, in the unit of the values
     * @param unit how many units of the values make one of those exposed: 1e9 when nanoseconds become seconds
     */
    Histogram(String name, String meaning, long[] bounds, double unit) {
        this.name = name;
        this.meaning = meaning;
        this.bounds = bounds.clone();
        this.unit = unit;
    }

    /** A histogram of durations in nanoseconds, exposed in seconds. */
    static Histogram ofTimes(Metric metric, Duration... buckets) {
        long[] bounds = new long[buckets.length];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = buckets[i].toNanos();
        }
        return new Histogram(metric.name() + "_seconds", metric.meaning(), bounds, NANOS_PER_SECOND);
    }

    /** Labels as the library exposes them, with the scope that it gives all its meters. */
    static String labels(Tag... tags) {
        StringBuilder labels = new StringBuilder();
        for (Tag tag : tags) {
            labels.append(label(tag.key(), tag.value())).append(',');
        }
        return labels.append(label("scope", "application")).toString();
    }

    /** The cells of one combination of labels, to be held; the labels as they are exposed, without braces. */
    Cells of(String labels) {
        return series.computeIfAbsent(labels, _ -> new Cells());
    }

    /** Appends all series that have values. */
    void expose(StringBuilder out) {
        if (series.isEmpty()) {
            return;
        }
        out.append("# HELP ").append(name).append(' ').append(meaning).append('\n');
        out.append("# TYPE ").append(name).append(" histogram\n");
        series.forEach((labels, cells) -> cells.expose(out, labels));
    }

    /** A label's name and value as they are exposed. */
    static String label(String label, String value) {
        String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        return label + "=\"" + escaped + '"';
    }

    /** The buckets of one series. */
    final class Cells {
        private final LongAdder[] counts = new LongAdder[bounds.length + 1];
        private final LongAdder sum = new LongAdder();

        private Cells() {
            for (int i = 0; i < counts.length; i++) {
                counts[i] = new LongAdder();
            }
        }

        void record(long value) {
            int i = 0;
            while (i < bounds.length && value > bounds[i]) {
                i++;
            }
            counts[i].increment();
            sum.add(value);
        }

        private void expose(StringBuilder out, String labels) {
            long count = 0;
            for (int i = 0; i < counts.length; i++) {
                count += counts[i].sum();
                String bound = i < bounds.length ? Double.toString(bounds[i] / unit) : "+Inf";
                line(out, "_bucket", labels + ",le=\"" + bound + '"', Long.toString(count));
            }
            line(out, "_sum", labels, Double.toString(sum.sum() / unit));
            line(out, "_count", labels, Long.toString(count));
        }

        private void line(StringBuilder out, String suffix, String labels, String value) {
            out.append(name).append(suffix).append('{').append(labels).append("} ");
            out.append(value).append('\n');
        }
    }
}
