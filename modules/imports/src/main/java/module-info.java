/** Turns the configuration and the keys of other gateways into ours, and tells what it could not take over. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.imports {
    requires static transitive org.jspecify;
    requires io.llmgateway.model;
    requires transitive io.llmgateway.settings;

    exports io.llmgateway.imports;
}
