package io.llmgateway.auth;

import io.llmgateway.model.KeyName;
import io.llmgateway.model.ModelName;

/**
 * Who sends a request: the holder of a named key. Immutable, thread-safe.
 *
 * @param key the key's name, never the key
 * @param models what it may use
 */
public record Principal(KeyName key, ModelPatterns models) {
    /** True when the key may ask for the model or alias of that name. */
    public boolean mayUse(ModelName model) {
        return models.matches(model);
    }
}
