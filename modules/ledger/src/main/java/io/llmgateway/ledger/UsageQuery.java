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
        KEY("key_name"),
        /** The key's group. */
        GROUP("group_name"),
        /** The model that served. */
        MODEL("served"),
        /** The instance that served. */
        INSTANCE("instance"),
        /** The day, in UTC. */
        DAY("strftime('%Y-%m-%d', at_millis / 1000, 'unixepoch')");

        private final String expression;

        By(String expression) {
            this.expression = expression;
        }

        String expression() {
            return expression;
        }
    }
}
