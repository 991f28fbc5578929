package io.llmgateway.logs;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.settings.LogLevel;
import org.jspecify.annotations.Nullable;

/** How bad it is that a request ended as it did. Stateless. */
final class Severity {
    private Severity() {}

    /** The level of a request's line; kind is null when nothing went wrong. */
    static LogLevel of(@Nullable ErrorKind kind) {
        return kind == null ? LogLevel.INFO : ofFailure(kind);
    }

    private static LogLevel ofFailure(ErrorKind kind) {
        return switch (kind) {
            case INTERNAL -> LogLevel.ERROR;
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
                    UPSTREAM_MODEL,
                    UPSTREAM_INTERRUPTED,
                    TIMEOUT_CONNECT,
                    TIMEOUT_FIRST_TOKEN,
                    TIMEOUT_IDLE,
                    TIMEOUT_TOTAL,
                    NO_INSTANCE,
                    OVERLOADED -> LogLevel.WARN;
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
                    DRAINING,
                    CLIENT_GONE -> LogLevel.INFO;
        };
    }
}
