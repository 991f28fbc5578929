/**
 * The request's story: authenticate, read, route, pick, exchange, relay, settle. No HTTP server types, no JSON
 * types.
 */
@org.jspecify.annotations.NullMarked
module io.llmgateway.pipeline {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires io.llmgateway.threads;
    requires io.llmgateway.wire;
    requires io.llmgateway.converters;
    requires transitive io.llmgateway.settings;
    requires io.llmgateway.metrics;
    requires io.llmgateway.auth;
    requires transitive io.llmgateway.limits;
    requires transitive io.llmgateway.ledger;
    requires io.llmgateway.routing;
    requires io.llmgateway.balancing;
    requires io.llmgateway.upstream;

    exports io.llmgateway.pipeline;
}
