package io.llmgateway.pipeline;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;

/** Says in the application's log what operators must know of failed requests. Stateless. */
final class RequestLog {
    private static final System.Logger LOG = System.getLogger("io.llmgateway.request");

    private static final long NANOS_PER_MS = 1_000_000;

    private RequestLog() {}

    static void write(RequestRecord record, long now) {
        GatewayError failure = record.failure();
        if (failure == null) {
            failedOver(record, now);
            return;
        }
        System.Logger.Level level = level(failure.kind());
        if (LOG.isLoggable(level)) {
            LOG.log(
                    level,
                    "request " + record.id() + " " + record.endpoint() + " key=" + record.key() + " model="
                            + printable(record.askedModel()) + " attempts=" + attempts(record) + " ms="
                            + record.durationNanos(now) / NANOS_PER_MS + " "
                            + failure.kind().wire() + ": "
                            + failure.message());
        }
    }

    /** A request that was served in the end, but not by the first instance. */
    private static void failedOver(RequestRecord record, long now) {
        if (record.attempts() > 1 && LOG.isLoggable(System.Logger.Level.INFO)) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "request " + record.id() + " " + record.endpoint() + " was served after failures, attempts="
                            + attempts(record) + " ms=" + record.durationNanos(now) / NANOS_PER_MS);
        }
    }

    private static String attempts(RequestRecord record) {
        StringBuilder text = new StringBuilder().append(record.attempts());
        String separator = "[";
        for (RequestRecord.Try attempt : record.tries()) {
            text.append(separator)
                    .append(attempt.number())
                    .append(':')
                    .append(attempt.instance())
                    .append(':');
            text.append(attempt.failure() == null ? "ok" : attempt.failure().wire())
                    .append(':');
            text.append(attempt.nanos() / NANOS_PER_MS).append("ms");
            separator = " ";
        }
        return record.tries().isEmpty() ? text.toString() : text.append(']').toString();
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
