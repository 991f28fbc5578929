/** Files that an operator names: read whole and within a bound; certificates, keys and authorities in PEM. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.files {
    requires static transitive org.jspecify;

    exports io.llmgateway.files;
}
