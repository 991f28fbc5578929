/**
 * Adapter to Helidon WebServer: endpoints, framing guard, limits, error rendering, health and metrics. The only
 * module that sees it.
 */
@org.jspecify.annotations.NullMarked
module io.llmgateway.server {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires transitive io.llmgateway.files;
    requires io.llmgateway.threads;
    requires transitive io.llmgateway.pipeline;
    requires io.helidon.common.buffers;
    requires io.helidon.common.concurrency.limits;
    requires io.helidon.common.socket;
    requires io.helidon.common.task;
    requires io.llmgateway.http;
    requires io.llmgateway.wire;
    requires io.helidon.webserver;

    exports io.llmgateway.server;
}
