/** A pure function from principal, request facts and configuration to an ordered plan of targets. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.routing {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires transitive io.llmgateway.settings;

    exports io.llmgateway.routing;
}
