/** Composition root and command line: builds every object by constructor. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.launcher {
    requires static transitive org.jspecify;
    requires io.llmgateway.model;
    requires io.llmgateway.wire;
    requires io.llmgateway.converters;
    requires io.llmgateway.settings;
    requires io.llmgateway.metrics;
    requires io.llmgateway.auth;
    requires io.llmgateway.routing;
    requires io.llmgateway.balancing;
    requires io.llmgateway.upstream;
    requires io.llmgateway.pipeline;
    requires io.llmgateway.server;
    requires io.llmgateway.simulator;
    requires info.picocli;

    exports io.llmgateway.launcher;
}
