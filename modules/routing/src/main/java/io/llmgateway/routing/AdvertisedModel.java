package io.llmgateway.routing;

import io.llmgateway.model.ModelName;

/**
 * A model the gateway tells clients about. Immutable.
 *
 * @param name the name to ask for
 * @param owner the provider that serves it, or {@code gateway} for an alias
 */
public record AdvertisedModel(ModelName name, String owner) {}
