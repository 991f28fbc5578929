package io.llmgateway.pipeline;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;

/** Says in the application's log what operators must know of failed requests. Stateless. */
final class RequestLog {
    private static final System.Logger LOG = System.getLogger("io.llmgateway.request");

    private RequestLog() {}

    static void write(RequestRecord record, long now) {
        GatewayError failure = record.failure();
        if (failure == null) {
            return;
        }
        System.Logger.Level level = level(failure.kind());
        if (LOG.isLoggable(level)) {
            LOG.log(
                    level,
                    "request " + record.id() + " " + record.endpoint() + " key=" + record.key() + " model="
                            + printable(record.askedModel()) + " attempts=" + record.attempts() + " ms="
                            + record.durationNanos(now) / 1_000_000 + " "
                            + failure.kind().wire() + ": "
                            + failure.message());
        }
    }

    private static String printable(@org.jspecify.annotations.Nullable String text) {
        if (text == null) {
            return "-";
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), 128); i++) {
            char c = text.charAt(i);
            out.append(c < ' ' || c > '~' ? '?' : c);
        }
        return out.toString();
    }

    private static System.Logger.Level level(ErrorKind kind) {
        return switch (kind) {
            case INTERNAL -> System.Logger.Level.ERROR;
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
                    TIMEOUT_TOTAL,
                    NO_INSTANCE,
                    OVERLOADED -> System.Logger.Level.WARNING;
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
                    CLIENT_GONE -> System.Logger.Level.DEBUG;
        };
    }
}
