package io.llmgateway.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.UpstreamFault;
import io.llmgateway.wire.JsonTrees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a provider's error means, from its status, headers and body, whatever dialect it is in. Providers say
 * the same thing in many ways (quota as 429, a bad key as 400, an error as a text or as an array), so texts are matched
 * in parts and without case. Total: any bytes give an answer. Thread-safe.
 */
public final class ErrorClassifier {
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
        String codes = code(error).toLowerCase(Locale.ROOT);
        String signs = message.toLowerCase(Locale.ROOT) + ' ' + codes;
        boolean noMoney = isBilling(signs, codes) || isLongQuota(error);
        int effective = effectiveStatus(status, error, signs, noMoney);
        ErrorKind kind = kind(effective, signs, noMoney);
        Optional<Duration> wait = retryAfter.find(header, error, message);
        return new UpstreamFault.Answered(kind, instance, status, KeyMask.clean(message), wait);
    }

    private static ErrorKind kind(int status, String signs, boolean noMoney) {
        if (noMoney && (status == 429 || status == 400 || status == 402 || status == 403)) {
            return ErrorKind.UPSTREAM_BILLING;
        }
        return switch (status) {
            case 400, 422 -> badRequest(signs);
            case 401 -> ErrorKind.UPSTREAM_AUTHENTICATION;
            case 402 -> ErrorKind.UPSTREAM_BILLING;
            case 403 -> isKeyProblem(signs) ? ErrorKind.UPSTREAM_AUTHENTICATION : ErrorKind.PERMISSION;
            case 404 -> ErrorKind.MODEL_NOT_FOUND;
            case 409 -> ErrorKind.CONFLICT;
            case 413 -> ErrorKind.TOO_LARGE;
            case 429 -> ErrorKind.UPSTREAM_RATE_LIMIT;
            case 503, 529 -> ErrorKind.UPSTREAM_OVERLOADED;
            default -> status >= 400 && status < 500 && status != 408 ? ErrorKind.BAD_REQUEST : server(status);
        };
    }

    private static ErrorKind server(int status) {
        return status >= 300 && status < 400 ? ErrorKind.UPSTREAM_MALFORMED : ErrorKind.UPSTREAM_SERVER;
    }

    private static ErrorKind badRequest(String signs) {
        if (isKeyProblem(signs)) {
            return ErrorKind.UPSTREAM_AUTHENTICATION;
        }
        boolean context = signs.contains("context_length_exceeded")
                || signs.contains("maximum context length")
                || signs.contains("prompt is too long")
                || signs.contains("exceed context limit")
                || (signs.contains("input token count") && signs.contains("exceeds the maximum"));
        if (context) {
            return ErrorKind.CONTEXT_LENGTH;
        }
        boolean policy = signs.contains("content_policy_violation")
                || signs.contains("content_filter")
                || signs.contains("content filtering policy");
        return policy ? ErrorKind.CONTENT_POLICY : ErrorKind.BAD_REQUEST;
    }

    private static boolean isKeyProblem(String signs) {
        return signs.contains("api_key_invalid")
                || signs.contains("api key not valid")
                || signs.contains("api_key_service_blocked")
                || signs.contains("invalid_api_key");
    }

    /**
     * No money is left. The sentence "exceeded your current quota" stands in ordinary rate limits as well, so that only
     * a code counts for quotas.
     */
    private static boolean isBilling(String signs, String codes) {
        return codes.contains("insufficient_quota")
                || codes.contains("credit_balance_exhausted")
                || codes.contains("billing_error")
                || signs.contains("credit balance is too low");
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
    private static int effectiveStatus(int status, @Nullable JsonNode error, String signs, boolean noMoney) {
        if (status >= 300 || error == null) {
            return status < 300 ? 500 : status;
        }
        JsonNode code = error.path("code");
        if (code.isIntegralNumber() && code.intValue() >= 400 && code.intValue() < 600) {
            return code.intValue();
        }
        if (signs.contains("overloaded") || signs.contains("unavailable") || signs.contains("slow_down")) {
            return 529;
        }
        if (signs.contains("rate_limit") || signs.contains("resource_exhausted") || noMoney) {
            return 429;
        }
        if (signs.contains("authentication_error") || isKeyProblem(signs)) {
            return 401;
        }
        boolean caller = signs.contains("invalid_request_error") || signs.contains("invalid_argument");
        return caller || badRequest(signs) != ErrorKind.BAD_REQUEST ? 400 : 500;
    }

    private static @Nullable JsonNode parse(byte[] body) {
        try {
            JsonNode root = JsonTrees.read(body, 0, body.length);
            JsonNode object = root != null && root.isArray() ? root.path(0) : root;
            if (object == null || !object.isObject()) {
                return null;
            }
            return object.has("error") ? object.path("error") : object;
        } catch (IOException e) {
            // not JSON: a proxy's page or a cut body; the plain text is used
            return null;
        }
    }

    private static String text(JsonNode error) {
        if (error.isTextual()) {
            return error.textValue();
        }
        for (String field : new String[] {"message", "detail", "error"}) {
            if (error.path(field).isTextual()) {
                return error.path(field).textValue();
            }
        }
        return "";
    }

    private static String code(@Nullable JsonNode error) {
        if (error == null) {
            return "";
        }
        StringBuilder all = new StringBuilder();
        for (String field : new String[] {"type", "code", "status"}) {
            all.append(error.path(field).asText("")).append(' ');
        }
        for (JsonNode detail : error.path("details")) {
            all.append(detail.path("reason").asText("")).append(' ');
        }
        return all.append(error.path("innererror").path("code").asText("")).toString();
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
