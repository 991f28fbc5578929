package io.llmgateway.pipeline;

/**
 * How much of an answer is held in memory. Immutable.
 *
 * @param holdBackBytes how much is held back before the first content commits the answer, in bytes
 * @param maxEventBytes longest event of a stream, in bytes; an inline image may come in one
 * @param maxErrorBytes how much of an error's body is read, in bytes
 */
public record RelayLimits(int holdBackBytes, int maxEventBytes, int maxErrorBytes) {
    /** What holds in every gateway. */
    public static final RelayLimits DEFAULT = new RelayLimits(64 * 1024, 16 * 1024 * 1024, 64 * 1024);
}
