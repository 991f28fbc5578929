/** Picks one usable instance of a target and learns from outcomes. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.balancing {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires transitive io.llmgateway.settings;
    requires io.llmgateway.metrics;

    exports io.llmgateway.balancing;
}
