package io.llmgateway.balancing;

/**
 * Where an instance stands in the order of its provider, for people. Immutable, thread-safe.
 *
 * @param status the instance as it is now
 * @param tier its place among the tiers, 0 for the best; -1 when it is disabled
 * @param share percent of the requests that come to its tier, when all of the tier can be used; 0 when it is disabled
 * @param usable true when a request that comes now may be given to it
 * @param reason why it is not used, or used only after others; empty when its tier is the next and it is well
 */
public record Rank(InstanceStatus status, int tier, int share, boolean usable, String reason) {}
