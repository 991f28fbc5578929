package io.llmgateway.balancing;

/**
 * An instance whose attempt is counted.
 *
 * @param instance the instance
 * @param trial true when the attempt decides alone whether the instance is back
 */
record Acquired(Instance instance, boolean trial) {}
