package io.llmgateway.model;

import java.time.Duration;

/**
 * How much of a limit is left, for the headers of a response. Immutable, thread-safe.
 *
 * @param kind what it counts
 * @param limit the most that is allowed
 * @param remaining what is left, never negative
 * @param reset until everything is there again
 */
public record RateState(Kind kind, long limit, long remaining, Duration reset) {
    public RateState {
        remaining = Math.clamp(remaining, 0, limit);
    }

    /** What a limit counts. */
    public enum Kind {
        /** Requests. */
        REQUESTS,
        /** Input and output tokens together. */
        TOKENS,
        /** Input tokens. */
        INPUT_TOKENS,
        /** Output tokens. */
        OUTPUT_TOKENS
    }
}
