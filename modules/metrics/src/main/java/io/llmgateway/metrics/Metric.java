package io.llmgateway.metrics;

import java.util.List;

/**
 * One metric. Immutable.
 *
 * @param name the name without the suffixes Prometheus adds
 * @param kind what it is
 * @param unit base unit; empty for plain numbers
 * @param tags the names of its labels
 * @param meaning what it counts
 */
public record Metric(String name, Kind kind, String unit, List<String> tags, String meaning) {
    /** One that counts plain things. */
    Metric(String name, Kind kind, List<String> tags, String meaning) {
        this(name, kind, "", tags, meaning);
    }

    /** The name as it stands in the exposition, for documentation. */
    public String exposed() {
        return switch (kind) {
            case COUNTER -> name + (unit.isEmpty() || name.endsWith(unit) ? "" : "_" + unit) + "_total";
            case TIMER -> name + "_seconds (_bucket, _sum, _count)";
            case HISTOGRAM -> name + " (_bucket, _sum, _count)";
            case GAUGE -> name;
        };
    }

    /** What a metric is. */
    public enum Kind {
        /** Only grows. */
        COUNTER,
        /** A histogram of durations in seconds. */
        TIMER,
        /** A histogram of anything. */
        HISTOGRAM,
        /** A present value. */
        GAUGE
    }
}
