package io.llmgateway.settings.read;

import io.helidon.config.Config;
import io.helidon.service.registry.ServiceRegistryException;
import io.helidon.service.registry.Services;

/** What Helidon's own parts read as their configuration. Stateless. */
public final class HelidonConfig {
    private HelidonConfig() {}

    /**
     * Tells Helidon, for the whole process, that there is nothing to read: the gateway sets up every part of it in
     * code. Not told so, it looks into every source of configuration it knows, which is a fifteenth of a start. Does
     * nothing in a process that has a configuration for Helidon already.
     */
    public static void none() {
        try {
            Services.set(Config.class, Config.empty());
        } catch (ServiceRegistryException _) {
            // somebody has set or used one before: theirs stays
        }
    }
}
