package io.llmgateway.benchmarks.load;

import java.util.Arrays;

/**
 * Durations in buckets that are 1/64 of their value wide, so that every percentile is right within two percent.
 * Confined to one thread at a time.
 */
final class LatencyHistogram {
    private static final int SUB_BITS = 6;
    private static final int SUB = 1 << SUB_BITS;

    private final long[] counts = new long[(Long.SIZE - SUB_BITS) * SUB + SUB];
    private long total;
    private long max;

    /** Adds a duration in nanoseconds; negative ones count as 0. */
    void add(long nanos) {
        long value = Math.max(0, nanos);
        counts[index(value)]++;
        total++;
        max = Math.max(max, value);
    }

    private static int index(long value) {
        if (value < SUB) {
            return (int) value;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - SUB_BITS;
        return shift * SUB + (int) (value >>> shift);
    }

    private static long upperEdge(int index) {
        if (index < 2 * SUB) {
            return index;
        }
        int shift = index / SUB - 1;
        return ((long) (index % SUB + SUB + 1) << shift) - 1;
    }

    /** Adds all of the other. */
    void addAll(LatencyHistogram other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        total += other.total;
        max = Math.max(max, other.max);
    }

    /** Forgets everything. */
    void clear() {
        Arrays.fill(counts, 0);
        total = 0;
        max = 0;
    }

    /** How many were added. */
    long count() {
        return total;
    }

    /** The percentile in nanoseconds, 0 to 100; 0 when there is nothing. */
    long percentile(double percent) {
        long wanted = Math.max(1, (long) Math.ceil(total * percent / 100));
        long seen = 0;
        for (int i = 0; i < counts.length && total > 0; i++) {
            seen += counts[i];
            if (seen >= wanted) {
                return Math.min(max, upperEdge(i));
            }
        }
        return 0;
    }

    /** The longest in nanoseconds. */
    long max() {
        return max;
    }
}
