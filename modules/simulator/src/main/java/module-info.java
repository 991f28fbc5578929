/** A scriptable upstream that speaks every provider protocol: for the demo, the tests and the benchmarks. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.simulator {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires io.llmgateway.wire;
    requires io.helidon.webserver;

    exports io.llmgateway.simulator;
}
