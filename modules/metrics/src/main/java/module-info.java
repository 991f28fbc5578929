/**
 * Every metric's name, unit, tags and closed tag values, behind methods named after facts. Owns Helidon Metrics.
 */
@org.jspecify.annotations.NullMarked
module io.llmgateway.metrics {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires io.helidon.metrics.api;

    exports io.llmgateway.metrics;
}
