package io.llmgateway.metrics;

import io.helidon.config.Config;
import io.helidon.metrics.api.MetricsFactory;
import io.helidon.service.registry.ServiceRegistryException;
import io.helidon.service.registry.Services;

/** Where meters come from, one for the process. Stateless. */
final class Meters {
    /** Made when it is first asked for. */
    static final MetricsFactory FACTORY = made();

    private Meters() {}

    private static MetricsFactory made() {
        try {
            // nothing of it is configured; not told so, Helidon looks into every source of configuration there is
            Services.set(Config.class, Config.empty());
        } catch (ServiceRegistryException _) {
            // the process has a configuration for Helidon already
        }
        return Services.get(MetricsFactory.class);
    }
}
