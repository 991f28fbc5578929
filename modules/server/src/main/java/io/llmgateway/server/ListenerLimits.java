package io.llmgateway.server;

import io.llmgateway.http.Limits;
import java.time.Duration;

/**
 * What one listener accepts. Immutable.
 *
 * @param maxBodyBytes largest request body, in bytes
 * @param maxHeaders most header fields of a request
 * @param maxConnections most open connections
 * @param headerTimeout longest time from a request's first byte to the end of its head
 * @param bodyTimeout longest time for a whole body
 * @param writeTimeout longest time one write may wait for a client that does not read
 * @param idleTimeout how long a connection may wait for its next request
 * @param keepAlive how long a stream may be silent before its first content until it is kept alive; zero for never
 */
public record ListenerLimits(
        long maxBodyBytes,
        int maxHeaders,
        int maxConnections,
        Duration headerTimeout,
        Duration bodyTimeout,
        Duration writeTimeout,
        Duration idleTimeout,
        Duration keepAlive) {
    private static final long LEAST_DRAINED = 3 << 20;
    private static final int MAX_HEAD_BYTES = 16 * 1024;
    private static final int MAX_LINE_BYTES = 8 * 1024;

    /** Bytes that are read into nothing behind an early answer, for a client that sends everything before it reads. */
    long mostDrained() {
        return Math.max(2 * maxBodyBytes, LEAST_DRAINED);
    }

    /** What a head may be. */
    Limits head() {
        return new Limits(MAX_LINE_BYTES, MAX_HEAD_BYTES, maxHeaders);
    }
}
