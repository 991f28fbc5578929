package io.llmgateway.settings.tree;

import io.llmgateway.settings.Problem;

/**
 * Where a value was written. Immutable.
 *
 * @param source a file as it was named, or a phrase such as {@code environment variable GATEWAY_SERVER_PORT}
 * @param line from 1; 0 when the source has no lines
 * @param column from 1; 0 when the source has no lines
 */
public record Place(String source, int line, int column) {
    public static Place of(String source) {
        return new Place(source, 0, 0);
    }

    /** Something that is wrong here, or worth a warning. */
    public Problem problem(String path, String message) {
        return new Problem(source, line, column, path, message);
    }

    /** The source when it has no lines, which is what people must be told; empty for a file. */
    public String origin() {
        return line == 0 ? source : "";
    }
}
