package io.llmgateway.settings;

import io.llmgateway.model.ErrorKind;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What holds for requests that came by one alias, whichever target serves them. Immutable, thread-safe.
 *
 * @param firstToken instead of the instance's timeout, as the next two; empty = that of the instance
 * @param idle between two pieces of content
 * @param total the whole request
 * @param maxAttempts most attempts of one request at all targets together, 1 to 10; empty = what the providers of the
 *     targets say, each for itself, and {@link RetrySettings#MOST_ATTEMPTS} in all
 * @param fallbackOn errors of the request itself after which the next target is tried all the same
 */
public record RouteOptions(
        Optional<Duration> firstToken,
        Optional<Duration> idle,
        Optional<Duration> total,
        Optional<Integer> maxAttempts,
        Set<ErrorKind> fallbackOn) {
    /** Nothing of its own. */
    public static final RouteOptions NONE =
            new RouteOptions(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Set.of());

    public RouteOptions {
        fallbackOn = Set.copyOf(fallbackOn);
    }

    /** The timeouts of an instance with those of the route in their place. */
    public UpstreamTimeouts over(UpstreamTimeouts base) {
        if (firstToken.isEmpty() && idle.isEmpty() && total.isEmpty()) {
            return base;
        }
        return new UpstreamTimeouts(
                base.connect(),
                firstToken.orElse(base.firstToken()),
                idle.orElse(base.idle()),
                total.orElse(base.total()));
    }
}
