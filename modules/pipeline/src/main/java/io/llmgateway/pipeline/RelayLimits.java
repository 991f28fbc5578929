package io.llmgateway.pipeline;

import java.time.Duration;

/**
 * How much of an answer is held in memory, and how long an error is listened to. Immutable.
 *
 * @param holdBackBytes how much is held back before the first content commits the answer, in bytes
 * @param maxEventBytes longest event of a stream, in bytes; an inline image may come in one
 * @param maxErrorBytes how much of an error's body is read, in bytes
 * @param errorBodyTime how long an error's body may take behind its head; what came by then is all of it, since the
 *     status alone says enough to try another instance
 */
public record RelayLimits(int holdBackBytes, int maxEventBytes, int maxErrorBytes, Duration errorBodyTime) {
    /** What holds in every gateway. */
    public static final RelayLimits DEFAULT =
            new RelayLimits(64 * 1024, 16 * 1024 * 1024, 64 * 1024, Duration.ofSeconds(2));
}
