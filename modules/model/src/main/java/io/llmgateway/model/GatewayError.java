package io.llmgateway.model;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Everything that can go wrong with a request, one record per situation. Thrown as {@link GatewayException}. Messages
 * say what was expected, what came and where; they never hold upstream bodies or secrets unless
 * {@link #clientMessage()} documents it. Immutable, thread-safe.
 */
public sealed interface GatewayError permits CallerFault, Refusal, UpstreamFault, GatewayFault {
    /** The kind that decides about status, error type, metric value and retry. */
    ErrorKind kind();

    /** The status the client gets when HTTP has one of its own for this case; empty: that of the kind. */
    default OptionalInt ownStatus() {
        return OptionalInt.empty();
    }

    /** What operators read in the log: lower case, no full stop, no secret. */
    String message();

    /** What the client reads; the same as {@link #message()} unless that would reveal the inside of the gateway. */
    default String clientMessage() {
        return message();
    }

    /** When a new try makes sense; empty when it is not known. */
    default Optional<Duration> retryAfter() {
        return Optional.empty();
    }

    /** The request field at fault as a path such as {@code messages[2].content}; empty when no single one is. */
    default Optional<String> field() {
        return Optional.empty();
    }

    /**
     * The code by which the client's SDK recognises the case, as {@code thread_unsupported_request}; empty: that of the
     * kind.
     */
    default Optional<String> ownCode() {
        return Optional.empty();
    }

    /** What a provider's error says beside its message; empty for other errors, and for what clients must not see. */
    default Optional<ProviderError> provider() {
        return Optional.empty();
    }

    /** The status of a provider's error for clients that speak its protocol; empty when they get that of the kind. */
    default OptionalInt providerStatus() {
        return OptionalInt.empty();
    }

    /** Whether the provider wants the request repeated; empty when it did not say, or another reason counts. */
    default Optional<Boolean> repetition() {
        return Optional.empty();
    }
}
