package io.llmgateway.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.UpstreamFault;
import io.llmgateway.wire.JsonTrees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a provider's error means, from its status, headers and body, whatever dialect it is in. Providers say
 * the same thing in many ways (quota as 429, a bad key as 400, an error as a text or as an array). Status and codes
 * decide; words only where no code says otherwise, since a message may quote what the client has sent. Total: any bytes
 * give an answer. Thread-safe.
 */
public final class ErrorClassifier {
    private static final List<String> TLS_PAGES = List.of(
            "The plain HTTP request was sent to HTTPS port",
            "No required SSL certificate was sent",
            "The SSL certificate error");

    private final RetryAfter retryAfter;

    /** Uses this clock for dates in headers. */
    public ErrorClassifier(java.time.Clock clock) {
        this.retryAfter = new RetryAfter(clock);
    }

    /**
     * Classifies an error.
     *
     * @param instance who answered
     * @param status the HTTP status; 200 for an error inside a stream or a success
     * @param header finds a response header by its lower-case name; gives null when absent
     * @param body the first bytes of the body
     */
    public UpstreamFault.Answered classify(
            InstanceName instance, int status, Function<String, @Nullable String> header, byte[] body) {
        JsonNode error = parse(body);
        String message = error == null ? plain(body) : text(error);
        ErrorSigns signs = new ErrorSigns(error, message);
        if (error == null && status == 400 && aboutTls(message)) {
            return new UpstreamFault.Answered(ErrorKind.UPSTREAM_TLS, instance, status, message, Optional.empty());
        }
        boolean noMoney = signs.noMoney() || isLongQuota(error);
        ErrorKind kind = kind(effectiveStatus(status, error, signs, noMoney), signs, noMoney);
        Optional<Duration> wait = retryAfter.find(header, error, message);
        return new UpstreamFault.Answered(kind, instance, status, KeyMask.clean(message), wait);
    }

    /** nginx says by a 400 of its own what is wrong with TLS in front of a provider; no client can mend it. */
    private static boolean aboutTls(String page) {
        for (String sentence : TLS_PAGES) {
            if (page.contains(sentence)) {
                return true;
            }
        }
        return false;
    }

    private static ErrorKind kind(int status, ErrorSigns signs, boolean noMoney) {
        if (noMoney && (status == 429 || status == 400 || status == 402 || status == 403)) {
            return ErrorKind.UPSTREAM_BILLING;
        }
        return switch (status) {
            case 400, 422 -> badRequest(signs);
            case 401 -> ErrorKind.UPSTREAM_AUTHENTICATION;
            case 402 -> ErrorKind.UPSTREAM_BILLING;
            case 403 -> signs.badKey() ? ErrorKind.UPSTREAM_AUTHENTICATION : ErrorKind.PERMISSION;
            case 404 -> ErrorKind.MODEL_NOT_FOUND;
            case 409 -> ErrorKind.CONFLICT;
            case 413 -> ErrorKind.TOO_LARGE;
            case 429 -> signs.requestTooLarge() ? ErrorKind.TOO_LARGE : ErrorKind.UPSTREAM_RATE_LIMIT;
            case 503, 529 -> ErrorKind.UPSTREAM_OVERLOADED;
            default -> status >= 400 && status < 500 && status != 408 ? ErrorKind.BAD_REQUEST : server(status);
        };
    }

    private static ErrorKind server(int status) {
        return status >= 300 && status < 400 ? ErrorKind.UPSTREAM_MALFORMED : ErrorKind.UPSTREAM_SERVER;
    }

    private static ErrorKind badRequest(ErrorSigns signs) {
        if (signs.badKey()) {
            return ErrorKind.UPSTREAM_AUTHENTICATION;
        }
        if (signs.contextLength()) {
            return ErrorKind.CONTEXT_LENGTH;
        }
        return signs.contentPolicy() ? ErrorKind.CONTENT_POLICY : ErrorKind.BAD_REQUEST;
    }

    /**
     * Gemini names the quota that is used up: one of a day is gone for hours, like an empty account. One of a minute is
     * an ordinary rate limit, also when one of a day is named beside it: the delay given counts.
     */
    private static boolean isLongQuota(@Nullable JsonNode error) {
        if (error == null || !"RESOURCE_EXHAUSTED".equals(error.path("status").asText(""))) {
            return false;
        }
        boolean day = false;
        for (JsonNode detail : error.path("details")) {
            for (JsonNode violation : detail.path("violations")) {
                String quota = violation.path("quotaId").asText("").toLowerCase(Locale.ROOT);
                if (quota.contains("perminute")) {
                    return false;
                }
                day |= quota.contains("perday");
            }
        }
        return day;
    }

    /** Inside a success the error itself says what it is. */
    private static int effectiveStatus(int status, @Nullable JsonNode error, ErrorSigns signs, boolean noMoney) {
        if (status >= 300 || error == null) {
            return status < 300 ? 500 : status;
        }
        JsonNode code = error.path("code");
        if (code.isIntegralNumber() && code.intValue() >= 400 && code.intValue() < 600) {
            return code.intValue();
        }
        if (signs.overloaded()) {
            return 529;
        }
        if (signs.rateLimit() || noMoney) {
            return 429;
        }
        if (signs.badKey()) {
            return 401;
        }
        return signs.callersFault() ? 400 : 500;
    }

    private static @Nullable JsonNode parse(byte[] body) {
        try {
            JsonNode root = JsonTrees.read(body, 0, body.length);
            JsonNode object = root != null && root.isArray() ? root.path(0) : root;
            if (object == null || !object.isObject()) {
                return null;
            }
            // an error that is only a text has its codes beside it
            return object.path("error").isObject() ? object.path("error") : object;
        } catch (IOException e) {
            // not JSON: a proxy's page or a cut body; the plain text is used
            return null;
        }
    }

    private static String text(JsonNode error) {
        for (String field : new String[] {"message", "detail", "error"}) {
            if (error.path(field).isTextual()) {
                return error.path(field).textValue();
            }
        }
        return "";
    }

    private static String plain(byte[] body) {
        String text = new String(body, 0, Math.min(body.length, 2_000), StandardCharsets.UTF_8);
        StringBuilder out = new StringBuilder();
        boolean tag = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            tag = c == '<' || (tag && c != '>');
            if (!tag && c != '>') {
                out.append(c);
            }
        }
        return out.toString().strip();
    }
}
