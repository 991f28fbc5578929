/** Turns the credentials on a request into a principal or a refusal. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.auth {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires transitive io.llmgateway.settings;

    exports io.llmgateway.auth;
}
