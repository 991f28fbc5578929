package io.llmgateway.routing;

import io.llmgateway.model.ModelName;
import io.llmgateway.model.ProviderName;

/** Why a request goes where it goes; its text is a phrase for people. Immutable, thread-safe. */
public sealed interface Match {
    /** The name is an alias of the configuration. */
    record Alias(ModelName name) implements Match {
        @Override
        public String toString() {
            return "alias '" + name + "'";
        }
    }

    /** The name matches a rule; the pattern as it is written there. */
    record Rule(String pattern) implements Match {
        @Override
        public String toString() {
            return "rule '" + pattern + "'";
        }
    }

    /** The provider lists the model as its own. */
    record Listed(ProviderName provider) implements Match {
        @Override
        public String toString() {
            return "model list of provider '" + provider + "'";
        }
    }

    /** Nothing else matched. */
    record Default() implements Match {
        @Override
        public String toString() {
            return "default provider";
        }
    }
}
