package io.llmgateway.settings;

/**
 * Where a value was written. Immutable.
 *
 * @param source a file as it was named, or a phrase such as {@code environment variable GATEWAY_SERVER_PORT}
 * @param line from 1; 0 when the source has no lines
 * @param column from 1; 0 when the source has no lines
 */
record Place(String source, int line, int column) {
    static Place of(String source) {
        return new Place(source, 0, 0);
    }

    /** The source when it has no lines, which is what people must be told; empty for a file. */
    String origin() {
        return line == 0 ? source : "";
    }
}
