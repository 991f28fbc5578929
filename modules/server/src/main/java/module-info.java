/**
 * Adapter to Helidon WebServer: endpoints, framing guard, limits, error rendering, health and metrics. The only
 * module that sees it.
 */
@org.jspecify.annotations.NullMarked
module io.llmgateway.server {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires io.llmgateway.wire;
    requires transitive io.llmgateway.settings;
    requires io.llmgateway.metrics;
    requires transitive io.llmgateway.pipeline;
    requires io.helidon.webserver;

    exports io.llmgateway.server;
}
