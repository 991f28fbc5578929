/** Fixtures for tests: recording peers, raw sockets, a fake clock, golden files. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.testing {
    requires java.management;
    requires jdk.httpserver;
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires org.junit.jupiter.api;
    requires transitive com.fasterxml.jackson.databind;
    requires org.assertj.core;

    exports io.llmgateway.testing;
}
