/** What the gateway writes down of itself and of every request, by a writer that nobody waits for. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.logs {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires io.llmgateway.threads;
    requires transitive io.llmgateway.settings;
    requires io.llmgateway.wire;
    requires transitive java.logging;

    exports io.llmgateway.logs;
}
