package io.llmgateway.settings;

/** What happens to a request field that the target protocol cannot express. Immutable, thread-safe. */
public enum Conversion {
    /** It is left out, and the client is told in a warning header. */
    LENIENT("lenient"),
    /** The request is refused with a 400 that names the field. */
    STRICT("strict");

    private final String wire;

    Conversion(String wire) {
        this.wire = wire;
    }

    /** The name in configuration. */
    public String wire() {
        return wire;
    }
}
