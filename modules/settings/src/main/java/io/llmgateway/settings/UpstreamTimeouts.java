package io.llmgateway.settings;

import java.time.Duration;

/**
 * How long an exchange with an instance may take; each 1ms to 1d. Immutable, thread-safe.
 *
 * @param connect until the connection, TLS included, is made
 * @param firstToken from the end of the request to the first content
 * @param idle between two pieces of content; pings do not count
 * @param total the whole request, all attempts together
 */
public record UpstreamTimeouts(Duration connect, Duration firstToken, Duration idle, Duration total) {
    /** What applies when nothing is configured: 3s, 60s, 60s, 10m. */
    public static final UpstreamTimeouts DEFAULT = new UpstreamTimeouts(
            Duration.ofSeconds(3), Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofMinutes(10));
}
