package io.llmgateway.settings;

import java.time.Duration;

/**
 * The connections kept to one instance. Immutable, thread-safe.
 *
 * @param maxActive most connections in use at once, 1 to 100,000
 * @param maxIdle most connections kept for later, 0 to 100,000
 * @param idleTimeout how long an unused one is kept, 1s to 1d
 * @param maxAge how long any one is used, so that changes of address are noticed, 1s to 7d
 */
public record PoolSettings(int maxActive, int maxIdle, Duration idleTimeout, Duration maxAge) {
    /** What applies when nothing is configured: 1024, 256, 60s, 10m. */
    public static final PoolSettings DEFAULT =
            new PoolSettings(1_024, 256, Duration.ofSeconds(60), Duration.ofMinutes(10));
}
