/** Composition root and command line: builds every object by constructor. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.launcher {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires io.llmgateway.files;
    requires io.llmgateway.threads;
    requires transitive io.llmgateway.settings;
    requires transitive io.llmgateway.admin;
    requires io.llmgateway.auth;
    requires io.llmgateway.balancing;
    requires io.llmgateway.converters;
    requires io.llmgateway.explain;
    requires io.llmgateway.http;
    requires io.llmgateway.imports;
    requires io.llmgateway.ledger;
    requires io.llmgateway.limits;
    requires transitive io.llmgateway.logs;
    requires io.llmgateway.metrics;
    requires io.llmgateway.pipeline;
    requires io.llmgateway.routing;
    requires io.llmgateway.server;
    requires io.llmgateway.simulator;
    requires io.llmgateway.traces;
    requires io.llmgateway.upstream;
    requires io.llmgateway.wire;
    requires info.picocli;
    requires java.logging;
    requires java.management;
    requires jdk.management;
    requires jdk.unsupported;

    exports io.llmgateway.launcher;

    opens io.llmgateway.launcher to
            info.picocli;
}
