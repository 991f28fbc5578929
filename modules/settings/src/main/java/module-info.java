/**
 * Typed, validated configuration as immutable records, every problem reported at once with file, line and path.
 */
@org.jspecify.annotations.NullMarked
module io.llmgateway.settings {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires io.helidon.config;
    requires io.helidon.service.registry;
    requires org.yaml.snakeyaml;

    exports io.llmgateway.settings;
}
