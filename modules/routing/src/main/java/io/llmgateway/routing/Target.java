package io.llmgateway.routing;

import io.llmgateway.model.ModelName;
import io.llmgateway.model.ProviderName;

/**
 * A model of a provider that may serve a request. Immutable, thread-safe.
 *
 * @param model as the provider calls it
 * @param weight share among the targets of one tier, 0 to 1000; 0 = only when nothing else of the tier is left
 * @param tier 0 for what was asked for, then 1, 2 and so on for each fallback in order
 */
public record Target(ProviderName provider, ModelName model, int weight, int tier) {}
