/**
 * Typed, validated configuration as immutable records, every problem reported at once with file, line and path.
 * {@code settings} holds the records, {@code settings.read} makes them, {@code settings.reference} describes them, and
 * {@code settings.tree} is a file as it was written.
 */
@org.jspecify.annotations.NullMarked
module io.llmgateway.settings {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires transitive io.llmgateway.files;
    requires io.helidon.config;
    requires io.helidon.service.registry;
    requires org.yaml.snakeyaml;

    exports io.llmgateway.settings;
    exports io.llmgateway.settings.read;
    exports io.llmgateway.settings.reference to
            io.llmgateway.launcher;
    exports io.llmgateway.settings.tree to
            io.llmgateway.imports;
}
