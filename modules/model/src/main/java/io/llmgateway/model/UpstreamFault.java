package io.llmgateway.model;

import java.time.Duration;
import java.util.Optional;

/** An instance, or the way to it, is at fault. Immutable, thread-safe. */
public sealed interface UpstreamFault extends GatewayError {
    /**
     * The exchange failed below the level of an HTTP answer: connect, TLS, reset, malformed bytes, timeouts, cuts.
     *
     * @param kind one of the {@code UPSTREAM_} or {@code TIMEOUT_} kinds
     * @param instance where it happened
     * @param message for operators, with host, port and what was seen
     */
    record ExchangeFailed(ErrorKind kind, InstanceName instance, String message) implements UpstreamFault {
        @Override
        public String clientMessage() {
            return Phrases.of(kind);
        }
    }

    /**
     * The instance answered with an error: a status that is not 2xx, an error body in a 200, or an error event in a
     * stream.
     *
     * @param kind what the answer means, found from status, body and headers
     * @param instance who answered
     * @param status the HTTP status; 200 for an error inside a success
     * @param providerMessage what the provider said, already bounded and free of keys; may be shown to the client
     * @param delay when the provider wants the next try; empty when it did not say
     */
    record Answered(ErrorKind kind, InstanceName instance, int status, String providerMessage, Optional<Duration> delay)
            implements UpstreamFault {
        /** The same answer, taken for something else. */
        public Answered as(ErrorKind other) {
            return new Answered(other, instance, status, providerMessage, delay);
        }

        @Override
        public String message() {
            return "instance '" + instance + "' answered " + status + " (" + kind.wire() + "): " + providerMessage;
        }

        @Override
        public String clientMessage() {
            return switch (kind) {
                case UPSTREAM_AUTHENTICATION, UPSTREAM_BILLING -> Phrases.of(kind);
                default -> providerMessage.isEmpty() ? Phrases.of(kind) : providerMessage;
            };
        }

        @Override
        public Optional<Duration> retryAfter() {
            return delay;
        }
    }

    /**
     * No instance of a provider can take the request now.
     *
     * @param message for operators, with counts and states
     * @param delay when the first one is expected back; empty when it is not known
     */
    record NoUsableInstance(String message, Optional<Duration> delay) implements UpstreamFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.NO_INSTANCE;
        }

        @Override
        public String clientMessage() {
            return Phrases.of(ErrorKind.NO_INSTANCE);
        }

        @Override
        public Optional<Duration> retryAfter() {
            return delay;
        }
    }
}
