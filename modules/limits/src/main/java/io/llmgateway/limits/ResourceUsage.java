package io.llmgateway.limits;

import io.llmgateway.settings.Limit;

/**
 * What a request wants to use, or has used. Immutable, thread-safe.
 *
 * @param inputTokens input tokens of every kind, 0 or more
 * @param outputTokens output tokens, 0 or more
 * @param cost in billionths of a dollar, 0 or more; 0 when the model has no price
 */
public record ResourceUsage(long inputTokens, long outputTokens, long cost) {
    /** Nothing but the request itself. */
    public static final ResourceUsage NOTHING = new ResourceUsage(0, 0, 0);

    public ResourceUsage {
        if (inputTokens < 0 || outputTokens < 0 || cost < 0) {
            throw new IllegalArgumentException(
                    "a claim must not be negative, was " + inputTokens + ", " + outputTokens + ", " + cost);
        }
    }

    /** Zero or more. */
    long amount(Limit.Measure measure) {
        return switch (measure) {
            case REQUESTS, CONCURRENT -> 1;
            case TOKENS -> plus(inputTokens, outputTokens);
            case INPUT_TOKENS -> inputTokens;
            case OUTPUT_TOKENS -> outputTokens;
            case MONEY -> cost;
        };
    }

    /** The sum of two amounts, or the largest number where it would be larger. */
    static long plus(long one, long other) {
        return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
    }
}
