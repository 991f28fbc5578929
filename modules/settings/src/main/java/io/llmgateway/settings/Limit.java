package io.llmgateway.settings;

/**
 * One bound on what somebody may use. Immutable, thread-safe.
 *
 * @param measure what is counted
 * @param window over how long; {@link Window#NONE} for what is under way at once
 * @param amount the most that is allowed, 1 or more; for money in billionths of a dollar
 */
public record Limit(Measure measure, Window window, long amount) {
    /** How many parts a dollar has in amounts of money. */
    public static final long NANOS_PER_DOLLAR = 1_000_000_000;

    public Limit {
        if (amount < 1) {
            throw new IllegalArgumentException("must be at least 1");
        }
    }

    /** What is counted. */
    public enum Measure {
        /** Requests that were let in. */
        REQUESTS("requests"),
        /** Input and output tokens together. */
        TOKENS("tokens"),
        /** Input tokens of every kind. */
        INPUT_TOKENS("input-tokens"),
        /** Output tokens, reasoning included. */
        OUTPUT_TOKENS("output-tokens"),
        /** Requests under way. */
        CONCURRENT("concurrent"),
        /** What the tokens cost. */
        MONEY("budget");

        private final String wire;

        Measure(String wire) {
            this.wire = wire;
        }

        /** The word in the configuration. */
        public String wire() {
            return wire;
        }
    }

    /** Over how long is counted. */
    public enum Window {
        /** What is under way at once. */
        NONE(""),
        /** Any minute: refilled evenly all the time. */
        MINUTE("minute"),
        /** The hour of the clock. */
        HOUR("hour"),
        /** The calendar day in the configured zone. */
        DAY("day"),
        /** The calendar month in the configured zone. */
        MONTH("month");

        private final String wire;

        Window(String wire) {
            this.wire = wire;
        }

        /** The word in the configuration; empty for none. */
        public String wire() {
            return wire;
        }
    }

    /** How the limit is called: {@code requests-per-minute}, {@code concurrent}, {@code budget-per-month}. */
    public String name() {
        return window == Window.NONE ? measure.wire() : measure.wire() + "-per-" + window.wire();
    }
}
