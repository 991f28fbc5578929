package io.llmgateway.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.ProviderError;
import io.llmgateway.model.UpstreamFault;
import io.llmgateway.wire.JsonTrees;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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

    /** The longest message that is shown, in characters: validators write a line for each field. */
    private static final int MOST_MESSAGE = 4_000;

    /**
     * Statuses of the 400s by which a server tells of itself: late, misdirected, what it depends on failed
     * (text-generation-inference while it generates), too early, no capacity (Groq), cancelled (Gemini).
     */
    private static final Set<Integer> SERVERS_OWN = Set.of(408, 421, 424, 425, 498, 499);

    private final RetryAfter retryAfter;

    /** Uses this clock for dates in headers. */
    public ErrorClassifier(java.time.Clock clock) {
        this.retryAfter = new RetryAfter(clock);
    }

    /**
     * Classifies an error.
     *
     * @param origin who answered
     * @param status the HTTP status; 200 for an error inside a stream or a success
     * @param header finds a response header by its lower-case name; gives null when absent
     * @param body the first bytes of the body
     */
    public UpstreamFault.Answered classify(
            AnsweredBy origin, int status, Function<String, @Nullable String> header, byte[] body) {
        Parsed parsed = parse(body);
        JsonNode error = parsed == null ? null : parsed.error();
        String message = error == null ? ErrorText.plain(body) : ErrorText.of(error);
        Hiding hiding = new Hiding(origin);
        ErrorSigns signs = new ErrorSigns(origin.protocol(), error, message);
        boolean noMoney = signs.noMoney() || isLongQuota(error);
        ErrorKind page = error == null ? ofPage(status, message) : null;
        ErrorKind kind = page == null ? kind(effectiveStatus(status, error, signs, noMoney), signs, noMoney) : page;
        return new UpstreamFault.Answered(
                kind,
                origin.instance(),
                status,
                hiding.clean(message, MOST_MESSAGE).strip(),
                retryAfter.find(header, error, message),
                parsed == null
                        ? ProviderError.none(origin.protocol())
                        : new ErrorDetails(hiding, kind != ErrorKind.PERMISSION)
                                .of(origin.protocol(), parsed.around(), parsed.error()),
                repetition(header.apply("x-should-retry")));
    }

    /**
     * What a page says that is not of a model server, but of a proxy or a firewall in front of one: 403 is that the
     * gateway may not pass, whatever the request says; null for what its status and words say.
     */
    private static @Nullable ErrorKind ofPage(int status, String message) {
        if (status == 400 && aboutTls(message)) {
            return ErrorKind.UPSTREAM_TLS;
        }
        return status == 403 ? ErrorKind.UPSTREAM_AUTHENTICATION : null;
    }

    private static Optional<Boolean> repetition(@Nullable String said) {
        return "true".equals(said) ? Optional.of(true) : "false".equals(said) ? Optional.of(false) : Optional.empty();
    }

    /** True when an error of the request itself can come with this status: its own, or one of the server's. */
    private static boolean mayBeRequests(int status) {
        return status == 400 || status == 404 || status == 413 || status == 422 || status == 500 || status == 501;
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
        if (noMoney && (status == 412 || status == 429 || status == 500 || (status >= 400 && status <= 403))) {
            return ErrorKind.UPSTREAM_BILLING;
        }
        if (signs.noRight() && (status == 401 || status == 403)) {
            return ErrorKind.PERMISSION;
        }
        if (signs.badKey() && (status == 400 || status == 403 || status == 422)) {
            return ErrorKind.UPSTREAM_AUTHENTICATION;
        }
        ErrorKind own = mayBeRequests(status) || status == 403 ? requestsOwn(status, signs) : null;
        if (own != null) {
            return own;
        }
        return switch (status) {
            case 401 -> ErrorKind.UPSTREAM_AUTHENTICATION;
            case 402 -> ErrorKind.UPSTREAM_BILLING;
            case 403 -> ErrorKind.PERMISSION;
            case 404 -> ErrorKind.MODEL_NOT_FOUND;
            case 409 -> ErrorKind.CONFLICT;
            case 413 -> ErrorKind.TOO_LARGE;
            case 429 -> tooOften(signs);
            case 503, 529 -> ErrorKind.UPSTREAM_OVERLOADED;
            default ->
                status >= 400 && status < 500 && !SERVERS_OWN.contains(status)
                        ? ErrorKind.BAD_REQUEST
                        : server(status, signs);
        };
    }

    private static ErrorKind tooOften(ErrorSigns signs) {
        if (signs.longContext()) {
            return ErrorKind.CONTEXT_LENGTH;
        }
        return signs.requestTooLarge() ? ErrorKind.TOO_LARGE : ErrorKind.UPSTREAM_RATE_LIMIT;
    }

    private static ErrorKind server(int status, ErrorSigns signs) {
        if (status <= 500 && signs.meansOverloaded()) {
            return ErrorKind.UPSTREAM_OVERLOADED;
        }
        return status >= 300 && status < 400 ? ErrorKind.UPSTREAM_MALFORMED : ErrorKind.UPSTREAM_SERVER;
    }

    /** What is wrong with the request, when a code says so, or a sentence where no code says otherwise. */
    private static @Nullable ErrorKind requestsOwn(int status, ErrorSigns signs) {
        if (status == 403) {
            return signs.contentPolicy() ? ErrorKind.CONTENT_POLICY : null;
        }
        if (signs.contextLength()) {
            return ErrorKind.CONTEXT_LENGTH;
        }
        if (signs.contentPolicy()) {
            return ErrorKind.CONTENT_POLICY;
        }
        if (signs.noModel()) {
            return ErrorKind.MODEL_NOT_FOUND;
        }
        boolean server = status >= 500;
        return signs.requestsOwn() || (server && signs.saysRequestsOwn()) ? ErrorKind.BAD_REQUEST : null;
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
        int code = number(error.path("code"));
        if (code >= 400 && code < 600) {
            return code;
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

    /** A status as a code, also as a text; 0 for any other. */
    private static int number(JsonNode code) {
        if (code.isIntegralNumber()) {
            return code.canConvertToInt() ? code.intValue() : 0;
        }
        String text = code.isTextual() ? code.textValue().strip() : "";
        boolean digits = text.length() == 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Integer.parseInt(text) : 0;
    }

    /** The object that says what is wrong, and the document around it when that is another one. */
    private record Parsed(@Nullable JsonNode around, JsonNode error) {}

    private static @Nullable Parsed parse(byte[] body) {
        try {
            JsonNode root = JsonTrees.read(body, 0, body.length);
            JsonNode object = root != null && root.isArray() ? root.path(0) : root;
            if (object == null || !object.isObject()) {
                return null;
            }
            JsonNode inChoice = object.path("choices").path(0).path("error");
            if (object.path("error").isObject()) {
                return new Parsed(object, object.path("error"));
            }
            if (object.path("base_resp").path("status_code").asInt(0) != 0) {
                return new Parsed(null, object.path("base_resp"));
            }
            // an error that is only a text has its codes beside it
            return new Parsed(null, inChoice.isObject() ? inChoice : object);
        } catch (IOException e) {
            // not JSON: a proxy's page or a cut body; the plain text is used
            return null;
        }
    }
}
