/**
 * Performs one HTTP exchange with one instance: transport, pool, deadlines, cancellation, error classification.
 */
@org.jspecify.annotations.NullMarked
module io.llmgateway.upstream {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires io.llmgateway.wire;
    requires transitive io.llmgateway.settings;
    requires io.llmgateway.metrics;

    exports io.llmgateway.upstream;
}
