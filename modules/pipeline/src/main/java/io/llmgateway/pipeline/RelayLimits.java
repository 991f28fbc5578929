package io.llmgateway.pipeline;

/**
 * How much of an answer is held in memory. Immutable.
 *
 * @param holdBackBytes how much is held back before the first content commits the answer, in bytes
 * @param maxEventBytes longest event of a stream, in bytes; an inline image may come in one
 * @param maxWholeBytes longest whole answer that has to be converted, in bytes
 * @param maxErrorBytes how much of an error's body is read, in bytes
 */
record RelayLimits(int holdBackBytes, int maxEventBytes, int maxWholeBytes, int maxErrorBytes) {
    static final RelayLimits DEFAULT = new RelayLimits(64 * 1024, 16 * 1024 * 1024, 64 * 1024 * 1024, 64 * 1024);
}
