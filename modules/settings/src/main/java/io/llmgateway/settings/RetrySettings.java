package io.llmgateway.settings;

/**
 * How often a failed request is tried again at a provider's instances. Immutable, thread-safe.
 *
 * @param maxAttempts most attempts of one request at instances of this provider, 1 to 10; 1: no retry
 * @param budgetPercent retries allowed for 100 requests of the last ten seconds, 0 to 100
 * @param budgetMinimum retries allowed in ten seconds however few requests there were, 0 to 10,000
 */
public record RetrySettings(int maxAttempts, int budgetPercent, int budgetMinimum) {
    /** The most attempts that can be configured, for a provider or a route. */
    public static final int MOST_ATTEMPTS = 10;
    /** 3; 20; 100, which are ten a second. */
    public static final RetrySettings DEFAULT = new RetrySettings(3, 20, 100);
}
