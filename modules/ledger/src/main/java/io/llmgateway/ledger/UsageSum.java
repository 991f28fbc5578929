package io.llmgateway.ledger;

import io.llmgateway.model.Usage;
import java.time.Instant;

/**
 * Usage of several requests together. Immutable, thread-safe.
 *
 * @param name what they have in common: a key, a group, a model, an instance or a day; the key in sums over time
 * @param at the beginning of their quarter of an hour; the epoch in reports
 * @param asked the model asked for; empty in reports
 * @param served the model that served; empty in reports
 * @param requests how many
 * @param failed how many of them did not end well
 * @param estimated how many of them have estimated numbers
 * @param unpriced how many of them went to models without a price
 * @param usage their tokens
 * @param cost in billionths of a dollar
 */
public record UsageSum(
        String name,
        Instant at,
        String asked,
        String served,
        long requests,
        long failed,
        long estimated,
        long unpriced,
        Usage usage,
        long cost) {}
