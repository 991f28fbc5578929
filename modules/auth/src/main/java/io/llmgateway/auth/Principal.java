package io.llmgateway.auth;

import io.llmgateway.model.KeyName;
import io.llmgateway.model.ModelName;
import java.util.List;

/** Who is asking, proven by a key, and what that key may use. Immutable, thread-safe. */
public final class Principal {
    private final KeyName key;
    private final List<ModelPattern> models;

    Principal(KeyName key, List<ModelPattern> models) {
        this.key = key;
        this.models = List.copyOf(models);
    }

    /** The name of the key. */
    public KeyName key() {
        return key;
    }

    /** True when the key may use the model; holds for aliases, fallbacks and every endpoint alike. */
    public boolean mayUse(ModelName model) {
        for (int i = 0; i < models.size(); i++) {
            if (models.get(i).matches(model.value())) {
                return true;
            }
        }
        return false;
    }
}
