package io.llmgateway.http;

/**
 * How large a head may be. Immutable.
 *
 * @param maxLine most bytes of the first line, and of each field, without the line's end
 * @param maxBytes most bytes of the whole head, line ends included
 * @param maxFields most fields
 */
public record Limits(int maxLine, int maxBytes, int maxFields) {
    /** Checks that each bound is 1 or more. */
    public Limits {
        if (maxLine < 1 || maxBytes < 1 || maxFields < 1) {
            throw new IllegalArgumentException("every bound of a head is 1 or more");
        }
    }
}
