/** Tells what would become of a request, by asking those who would decide about it. Calls no provider. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.explain {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires transitive io.llmgateway.settings;
    requires transitive io.llmgateway.balancing;
    requires transitive io.llmgateway.converters;
    requires transitive io.llmgateway.limits;
    requires transitive io.llmgateway.routing;
    requires io.llmgateway.auth;
    requires io.llmgateway.upstream;
    requires io.llmgateway.wire;

    exports io.llmgateway.explain;
}
