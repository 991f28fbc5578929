/** JSON and server-sent events on bytes: token walker and splicer, SSE reader and writer. Owns Jackson. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.wire {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires transitive com.fasterxml.jackson.core;
    requires transitive com.fasterxml.jackson.databind;

    exports io.llmgateway.wire;
}
