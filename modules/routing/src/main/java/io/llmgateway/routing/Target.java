package io.llmgateway.routing;

import io.llmgateway.model.ModelName;
import io.llmgateway.model.ProviderName;

/**
 * A provider and the model to ask it for. Immutable.
 *
 * @param provider who serves it
 * @param model the name the provider knows
 */
public record Target(ProviderName provider, ModelName model) {}
