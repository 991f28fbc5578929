package io.llmgateway.auth;

import io.llmgateway.model.KeyName;
import io.llmgateway.model.ModelName;

/**
 * Who sends a request: the holder of a named key. Immutable, thread-safe.
 *
 * @param key the key's name, never the key
 * @param models what it may use
 * @param group whose limits it shares; empty when it belongs to none
 * @param logBodies whether what its requests and their responses say is logged
 */
public record Principal(KeyName key, ModelPatterns models, String group, boolean logBodies) {
    /** True when the key may ask for the model or alias of that name. */
    public boolean mayUse(ModelName model) {
        return models.matches(model);
    }
}
