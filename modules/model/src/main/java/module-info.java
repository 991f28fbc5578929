/** The canonical language of the gateway: identifiers, usage, errors. No framework, no I/O. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.model {
    requires static transitive org.jspecify;

    exports io.llmgateway.model;
}
