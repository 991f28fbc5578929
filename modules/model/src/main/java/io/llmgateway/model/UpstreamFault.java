package io.llmgateway.model;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** An instance, or the way to it, is at fault. Immutable, thread-safe. */
public sealed interface UpstreamFault extends GatewayError {
    /**
     * The exchange failed below the level of an HTTP response: connect, TLS, reset, malformed bytes, timeouts, cuts.
     *
     * @param kind one of the {@code UPSTREAM_} or {@code TIMEOUT_} kinds
     * @param instance where it happened
     * @param message for operators, with host, port and what was seen
     */
    record ExchangeFailed(ErrorKind kind, InstanceName instance, String message) implements UpstreamFault {
        @Override
        public String clientMessage() {
            return DefaultMessages.of(kind);
        }
    }

    /**
     * The instance answered with an error: a status that is not 2xx, an error body in a 200, or an error event in a
     * stream.
     *
     * @param kind what the response means, found from status, body and headers
     * @param instance who answered
     * @param status the HTTP status; 200 for an error inside a success
     * @param providerMessage what the provider said, already bounded and free of keys; may be shown to the client
     * @param delay when the provider wants the next try; empty when it did not say
     * @param details what it said beside its message
     * @param repetition whether the provider wants the request repeated; empty when it did not say
     */
    record Answered(
            ErrorKind kind,
            InstanceName instance,
            int status,
            String providerMessage,
            Optional<Duration> delay,
            ProviderError details,
            Optional<Boolean> repetition)
            implements UpstreamFault {
        /** The same response, taken for something else. */
        public Answered as(ErrorKind other) {
            return new Answered(other, instance, status, providerMessage, delay, details, Optional.empty());
        }

        @Override
        public String message() {
            String line = providerMessage.replace('\n', ' ').replace('\r', ' ');
            return "instance '" + instance + "' returned " + status + " (" + kind.wire() + "): " + line;
        }

        @Override
        public String clientMessage() {
            if (hidden() || providerMessage.isEmpty()) {
                return DefaultMessages.of(kind);
            }
            return kind == ErrorKind.PERMISSION ? Links.hidden(providerMessage) : providerMessage;
        }

        /** True when the response is about the gateway's own account, which is none of the client's business. */
        private boolean hidden() {
            return kind == ErrorKind.UPSTREAM_AUTHENTICATION || kind == ErrorKind.UPSTREAM_BILLING;
        }

        @Override
        public Optional<Duration> retryAfter() {
            return delay;
        }

        @Override
        public Optional<ProviderError> provider() {
            return hidden() ? Optional.empty() : Optional.of(details);
        }

        @Override
        public OptionalInt providerStatus() {
            return relayed(kind, status) ? OptionalInt.of(status) : OptionalInt.empty();
        }

        /** Statuses that say what the kind says, and are not about the connection between gateway and provider. */
        private static boolean relayed(ErrorKind kind, int status) {
            return switch (kind) {
                case BAD_REQUEST, CONTENT_POLICY, PERMISSION, MODEL_NOT_FOUND, CONFLICT, TOO_LARGE ->
                    switch (status) {
                        case 400, 403, 404, 406, 409, 410, 412, 413, 422, 423, 424, 425, 451 -> true;
                        default -> false;
                    };
                case UPSTREAM_RATE_LIMIT -> status == 429;
                case UPSTREAM_OVERLOADED, UPSTREAM_SERVER -> status == 408 || (status >= 500 && status < 600);
                default -> false;
            };
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
            return DefaultMessages.of(ErrorKind.NO_INSTANCE);
        }

        @Override
        public Optional<Duration> retryAfter() {
            return delay;
        }
    }
}
