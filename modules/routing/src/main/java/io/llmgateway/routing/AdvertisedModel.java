package io.llmgateway.routing;

import io.llmgateway.model.ModelName;

/**
 * A model that clients are told about. Immutable, thread-safe.
 *
 * @param owner the provider's name; {@code gateway} for an alias
 */
public record AdvertisedModel(ModelName name, String owner) {
    /** The owner of aliases. */
    public static final String GATEWAY = "gateway";
}
