package io.llmgateway.converters.hub;

import io.llmgateway.wire.MemoryMeter;
import io.llmgateway.wire.WorkBudget;

/**
 * Where a converted request goes, and what the way there may take. Confined to one attempt.
 *
 * @param model the model's name at the provider
 * @param version the API version the provider is configured with
 * @param owner whose reasoning may be remembered and recalled: tenant and provider
 * @param memory the reasoning of earlier calls
 * @param stream true when the answer shall be streamed
 * @param meter is charged for what is written
 * @param work counts the steps of writing
 */
public record UpstreamModel(
        String model,
        String version,
        String owner,
        ReasoningMemory memory,
        boolean stream,
        MemoryMeter meter,
        WorkBudget work) {}
