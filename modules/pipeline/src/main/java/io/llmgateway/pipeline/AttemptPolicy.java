package io.llmgateway.pipeline;

import io.llmgateway.model.ErrorKind;
import java.util.Set;

/**
 * The one table that says what a failed attempt means: what to do next, and whether the instance is to blame. A new
 * error kind does not compile until it has its row here. Stateless.
 */
final class AttemptPolicy {
    private AttemptPolicy() {}

    /** What to do after an attempt has failed before any content reached the client. */
    enum Next {
        /** Try another instance of the same target, then the next target. */
        INSTANCE,
        /** Other instances would say the same: go on with the next target, when the route has one. */
        TARGET,
        /** Tell the client. */
        GIVE_UP
    }

    /**
     * What to do after this failure.
     *
     * @param fallBackOn errors of the request for which the route wants its next target all the same
     */
    static Next next(ErrorKind kind, Set<ErrorKind> fallBackOn) {
        Next usual = next(kind);
        return usual == Next.GIVE_UP && fallBackOn.contains(kind) ? Next.TARGET : usual;
    }

    static Next next(ErrorKind kind) {
        return switch (kind) {
            case UPSTREAM_AUTHENTICATION,
                    UPSTREAM_BILLING,
                    UPSTREAM_RATE_LIMIT,
                    UPSTREAM_OVERLOADED,
                    UPSTREAM_SERVER,
                    UPSTREAM_CONNECT,
                    UPSTREAM_TLS,
                    UPSTREAM_RESET,
                    UPSTREAM_MALFORMED,
                    UPSTREAM_EMPTY,
                    UPSTREAM_INTERRUPTED,
                    CONFLICT,
                    TIMEOUT_CONNECT,
                    TIMEOUT_FIRST_TOKEN,
                    TIMEOUT_IDLE -> Next.INSTANCE;
            case NO_INSTANCE, OVERLOADED -> Next.TARGET;
            case BAD_REQUEST,
                    CONTEXT_LENGTH,
                    CONTENT_POLICY,
                    AUTHENTICATION,
                    PERMISSION,
                    NOT_FOUND,
                    MODEL_NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    REQUEST_TIMEOUT,
                    TOO_LARGE,
                    HEADERS_TOO_LARGE,
                    UNSUPPORTED_MEDIA,
                    EXPECTATION_FAILED,
                    RATE_LIMIT,
                    DRAINING,
                    CLIENT_GONE,
                    TIMEOUT_TOTAL,
                    INTERNAL -> Next.GIVE_UP;
        };
    }

    /** True when the failure says something about the instance and not about the request or the client. */
    static boolean blamesInstance(ErrorKind kind) {
        return switch (kind) {
            case UPSTREAM_AUTHENTICATION,
                    UPSTREAM_BILLING,
                    UPSTREAM_RATE_LIMIT,
                    UPSTREAM_OVERLOADED,
                    UPSTREAM_SERVER,
                    UPSTREAM_CONNECT,
                    UPSTREAM_TLS,
                    UPSTREAM_RESET,
                    UPSTREAM_MALFORMED,
                    UPSTREAM_EMPTY,
                    UPSTREAM_INTERRUPTED,
                    TIMEOUT_CONNECT,
                    TIMEOUT_FIRST_TOKEN,
                    TIMEOUT_IDLE,
                    TIMEOUT_TOTAL -> true;
            case BAD_REQUEST,
                    CONTEXT_LENGTH,
                    CONTENT_POLICY,
                    AUTHENTICATION,
                    PERMISSION,
                    NOT_FOUND,
                    MODEL_NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    REQUEST_TIMEOUT,
                    CONFLICT,
                    TOO_LARGE,
                    HEADERS_TOO_LARGE,
                    UNSUPPORTED_MEDIA,
                    EXPECTATION_FAILED,
                    RATE_LIMIT,
                    OVERLOADED,
                    DRAINING,
                    CLIENT_GONE,
                    NO_INSTANCE,
                    INTERNAL -> false;
        };
    }
}
