package io.llmgateway.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;

/**
 * What is kept of every request's usage, and what it costs. Immutable, thread-safe.
 *
 * @param database the file; empty = nothing is kept beyond the run
 * @param retention how long a record is kept, 1d to 10,000d
 * @param zone whose days and months count
 * @param prices what tokens cost
 */
public record UsageSettings(Optional<Path> database, Duration retention, ZoneId zone, PriceList prices) {
    /** Thirteen months and some days, so that a month can be compared with the one a year before. */
    public static final Duration DEFAULT_RETENTION = Duration.ofDays(400);
    /** Coordinated universal time. */
    public static final ZoneId DEFAULT_ZONE = ZoneId.of("UTC");
}
