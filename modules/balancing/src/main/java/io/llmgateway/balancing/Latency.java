package io.llmgateway.balancing;

/**
 * A moving average of latencies that rises at once and falls slowly, so that an instance that becomes slow is noticed
 * with its first slow response. Two threads may overwrite each other's sample, which only loses one. Thread-safe.
 */
final class Latency {
    private static final double HALF_LIFE_NANOS = 5e9;

    private volatile long average;
    private volatile long at;

    void sample(long nanos, long now) {
        long before = current(now);
        average = Math.max(nanos, before + (nanos - before) / 4);
        at = now;
    }

    /** The average, faded by the time without a sample; 0 when nothing is known. */
    long current(long now) {
        long known = average;
        if (known == 0) {
            return 0;
        }
        double age = Math.max(0, now - at);
        return (long) (known * Math.exp(-Math.log(2) * age / HALF_LIFE_NANOS));
    }
}
