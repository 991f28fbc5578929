package io.llmgateway.pipeline;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import java.time.Duration;
import java.util.Set;

/**
 * The tables that say what a failed attempt means: what to do next, by the kind of failure and by what is left to try,
 * and whether the instance is to blame, by the kind and by whether content had come. A new error kind does not compile
 * until it has its row in those that name every kind. Stateless.
 */
final class AttemptPolicy {
    private AttemptPolicy() {}

    /** What to do after an attempt has failed before any content reached the client. */
    enum Next {
        /** Try another instance of the same target. */
        INSTANCE,
        /** Go on with the next target. */
        TARGET,
        /** Tell the client. */
        GIVE_UP
    }

    /** What is left to try after a failure. */
    enum Position {
        /** The same target may be tried again: attempts and retry budget are left. */
        INSTANCES_LEFT,
        /** The route has another target. */
        TARGETS_LEFT,
        /** Nothing. */
        LAST
    }

    /** Whom a failure is about. */
    private enum Scope {
        /** This instance: another one may do better. */
        INSTANCE,
        /** This target: its other instances would say the same. */
        TARGET,
        /** The request itself, its client or its time. */
        REQUEST
    }

    /**
     * What to do after this failure.
     *
     * @param position what is left to try
     * @param fallbackOn errors of the request for which the route wants its next target all the same
     */
    static Next next(ErrorKind kind, Position position, Set<ErrorKind> fallbackOn) {
        Scope scope = scope(kind);
        if (scope == Scope.REQUEST && fallbackOn.contains(kind)) {
            scope = Scope.TARGET;
        }
        return switch (scope) {
            case INSTANCE ->
                switch (position) {
                    case INSTANCES_LEFT -> Next.INSTANCE;
                    case TARGETS_LEFT -> Next.TARGET;
                    case LAST -> Next.GIVE_UP;
                };
            case TARGET -> position == Position.LAST ? Next.GIVE_UP : Next.TARGET;
            case REQUEST -> Next.GIVE_UP;
        };
    }

    /** True when another instance of the same target may do better. */
    static boolean worthAnotherInstance(ErrorKind kind) {
        return scope(kind) == Scope.INSTANCE;
    }

    private static Scope scope(ErrorKind kind) {
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
                    TIMEOUT_IDLE -> Scope.INSTANCE;
            case NO_INSTANCE, OVERLOADED -> Scope.TARGET;
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
                    UPSTREAM_MODEL,
                    TIMEOUT_TOTAL,
                    INTERNAL -> Scope.REQUEST;
        };
    }

    /** True when a failure before the first content says something about the instance. */
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
                    UPSTREAM_MODEL,
                    NO_INSTANCE,
                    INTERNAL -> false;
        };
    }

    /**
     * True when a failure after the first content says something about the instance: it cut its answer, broke the
     * protocol or said itself that it failed. A timeout says nothing: the instance was sending, and a slow client or a
     * long answer uses up time as well.
     */
    static boolean blamesInstanceAfterCommit(ErrorKind kind) {
        return switch (kind) {
            case TIMEOUT_IDLE, TIMEOUT_TOTAL, TIMEOUT_FIRST_TOKEN, TIMEOUT_CONNECT -> false;
            default -> blamesInstance(kind);
        };
    }

    /** SDKs do not wait longer than this: they come back at once instead, and get the same answer. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    /** What clients are told about sending the same request again: false when that cannot mend anything. */
    static boolean worthRepeating(GatewayError error) {
        if (error.repetition().isPresent()) {
            return error.repetition().get();
        }
        boolean tooLong = error.retryAfter()
                .filter(wait -> wait.compareTo(LONGEST_WAIT) > 0)
                .isPresent();
        return !tooLong && mayPass(error.kind());
    }

    /** True for errors that may be gone a little later. */
    private static boolean mayPass(ErrorKind kind) {
        return switch (kind) {
            case BAD_REQUEST,
                    CONTEXT_LENGTH,
                    CONTENT_POLICY,
                    AUTHENTICATION,
                    PERMISSION,
                    NOT_FOUND,
                    MODEL_NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    TOO_LARGE,
                    HEADERS_TOO_LARGE,
                    UNSUPPORTED_MEDIA,
                    EXPECTATION_FAILED,
                    CLIENT_GONE,
                    UPSTREAM_AUTHENTICATION,
                    UPSTREAM_BILLING,
                    INTERNAL -> false;
            case REQUEST_TIMEOUT,
                    CONFLICT,
                    RATE_LIMIT,
                    OVERLOADED,
                    DRAINING,
                    UPSTREAM_RATE_LIMIT,
                    UPSTREAM_OVERLOADED,
                    UPSTREAM_SERVER,
                    UPSTREAM_CONNECT,
                    UPSTREAM_TLS,
                    UPSTREAM_RESET,
                    UPSTREAM_MALFORMED,
                    UPSTREAM_EMPTY,
                    UPSTREAM_MODEL,
                    UPSTREAM_INTERRUPTED,
                    TIMEOUT_CONNECT,
                    TIMEOUT_FIRST_TOKEN,
                    TIMEOUT_IDLE,
                    TIMEOUT_TOTAL,
                    NO_INSTANCE -> true;
        };
    }
}
