package io.llmgateway.limits;

import java.time.Instant;

/**
 * What was used before the gateway started. Immutable, thread-safe.
 *
 * @param at when
 * @param key by which key
 * @param asked the model asked for
 * @param served the model that served
 * @param requests how many
 * @param claim what they used together
 */
public record PastUsage(Instant at, String key, String asked, String served, long requests, ResourceUsage claim) {}
