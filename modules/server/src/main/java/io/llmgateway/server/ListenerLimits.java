package io.llmgateway.server;

import java.time.Duration;

/**
 * What one listener accepts. Immutable.
 *
 * @param maxBodyBytes largest request body, in bytes
 * @param maxHeaders most header fields of a request
 * @param maxConnections most open connections
 * @param headerTimeout longest time from a request's first line to the end of its head
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
    /** Bytes that heads, chunk lines and trailers may use besides the body. */
    private static final long FRAMING_ALLOWANCE = 256 * 1024L;

    /** Raw bytes one request may use, whatever its framing. */
    long maxRawBytes() {
        return maxBodyBytes + maxBodyBytes / 4 + FRAMING_ALLOWANCE;
    }
}
