package io.llmgateway.ledger;

import java.time.Instant;

/**
 * What a report is about. Immutable, thread-safe.
 *
 * @param by what its lines have in common
 * @param from the first moment that counts
 * @param to the first moment that does not
 */
public record UsageQuery(By by, Instant from, Instant to) {
    /** What the lines of a report have in common. */
    public enum By {
        /** The key's name. */
        KEY,
        /** The key's group. */
        GROUP,
        /** The model that served. */
        MODEL,
        /** The instance that served. */
        INSTANCE,
        /** The day, in UTC. */
        DAY
    }
}
