/** What operators can ask of a running gateway and do to it: every resource of the admin listener, as records. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.admin {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires transitive io.llmgateway.settings;
    requires transitive io.llmgateway.ledger;
    requires transitive io.llmgateway.metrics;
    requires transitive io.llmgateway.pipeline;
    requires transitive io.llmgateway.server;
    requires io.llmgateway.balancing;
    requires io.llmgateway.explain;
    requires io.llmgateway.limits;
    requires io.llmgateway.wire;

    exports io.llmgateway.admin;
}
