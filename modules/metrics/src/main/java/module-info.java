/**
 * Every metric's name, unit, tags and closed tag values, behind methods named after facts. Owns Helidon Metrics.
 */
@org.jspecify.annotations.NullMarked
module io.llmgateway.metrics {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires io.llmgateway.threads;
    requires io.helidon.common.media.type;
    requires io.helidon.metrics.api;
    requires io.helidon.metrics.providers.micrometer;
    requires io.helidon.metrics.systemmeters;
    requires io.helidon.service.registry;
    // Helidon reaches these by "requires static" only, so that a runtime image would not resolve them
    requires micrometer.registry.otlp;
    requires micrometer.registry.prometheus;
    requires micrometer.registry.prometheus.simpleclient;

    exports io.llmgateway.metrics;

    uses io.helidon.metrics.spi.MeterRegistryFormatterProvider;
}
