package io.llmgateway.metrics;

import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.MetricsConfig;
import io.helidon.metrics.api.MetricsFactory;
import io.helidon.service.registry.Services;

/** Where meters come from, one for the process. Stateless. */
final class Meters {
    static final MetricsConfig CONFIG =
            MetricsConfig.builder().warnOnMultipleRegistries(false).build();

    /**
     * Made when it is first asked for, and never again: each one that is made stays for good below all meters of the
     * process, which are then made and counted once more for it.
     */
    static final MeterRegistry REGISTRY = Services.get(MetricsFactory.class).createMeterRegistry(CONFIG);

    private Meters() {}
}
