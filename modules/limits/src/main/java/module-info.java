/** Admits or refuses by requests, tokens, money and concurrency. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.limits {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires io.llmgateway.threads;
    requires transitive io.llmgateway.settings;
    requires io.github.bucket4j.core;

    exports io.llmgateway.limits;
}
