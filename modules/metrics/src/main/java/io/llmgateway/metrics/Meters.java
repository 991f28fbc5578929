package io.llmgateway.metrics;

import io.helidon.metrics.api.MetricsFactory;
import io.helidon.service.registry.Services;

/** Where meters come from, one for the process. Stateless. */
final class Meters {
    /** Made when it is first asked for. */
    static final MetricsFactory FACTORY = Services.get(MetricsFactory.class);

    private Meters() {}
}
