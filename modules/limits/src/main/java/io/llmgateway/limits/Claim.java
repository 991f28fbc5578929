package io.llmgateway.limits;

import io.llmgateway.settings.Limit;

/**
 * What a request wants to use, or has used. Immutable, thread-safe.
 *
 * @param inputTokens input tokens of every kind, 0 or more
 * @param outputTokens output tokens, 0 or more
 * @param cost in billionths of a dollar, 0 or more; 0 when the model has no price
 */
public record Claim(long inputTokens, long outputTokens, long cost) {
    /** Nothing but the request itself. */
    public static final Claim NOTHING = new Claim(0, 0, 0);

    long amount(Limit.Measure measure) {
        return switch (measure) {
            case REQUESTS, CONCURRENT -> 1;
            case TOKENS -> inputTokens + outputTokens;
            case INPUT_TOKENS -> inputTokens;
            case OUTPUT_TOKENS -> outputTokens;
            case MONEY -> cost;
        };
    }
}
