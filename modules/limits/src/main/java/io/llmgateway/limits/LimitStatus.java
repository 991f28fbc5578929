package io.llmgateway.limits;

import java.time.Duration;

/**
 * One limit as it stands now. Immutable, thread-safe.
 *
 * @param owner whose limit
 * @param models the models it is for; empty for all
 * @param limit its name
 * @param amount the most that is allowed; money in billionths of a dollar
 * @param remaining what is left; negative after a debt
 * @param reset until everything is there again
 */
public record LimitStatus(String owner, String models, String limit, long amount, long remaining, Duration reset) {}
