package io.llmgateway.admin;

import io.llmgateway.pipeline.Snapshot;
import io.llmgateway.settings.GatewaySettings;
import java.time.Instant;

/**
 * The configuration that holds, as it was read and as it runs. Immutable, thread-safe.
 *
 * @param generation 1 at the start, one more with every change
 * @param since when it was applied
 */
public record ActiveConfiguration(long generation, Instant since, GatewaySettings settings, Snapshot snapshot) {}
