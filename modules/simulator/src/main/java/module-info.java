/** A scriptable upstream that speaks every provider protocol: for the demo, the tests and the benchmarks. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.simulator {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires io.llmgateway.wire;
    requires io.helidon.common.buffers;
    requires io.helidon.common.concurrency.limits;
    requires io.helidon.common.socket;
    requires io.helidon.common.task;
    requires io.helidon.common.uri;
    requires io.helidon.http;
    requires io.helidon.webserver;

    exports io.llmgateway.simulator;
}
