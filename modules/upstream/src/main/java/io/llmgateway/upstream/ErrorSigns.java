package io.llmgateway.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.Protocol;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a provider's error says, by how far it can be believed. Its fields for machines come first. The message is for
 * people and may quote the client's own words, so that it decides only where no field says something else: for what
 * suspends an instance (key, money) only with how it begins, for the rest only outside of quotes. All in lower case.
 * Immutable.
 */
final class ErrorSigns {
    private static final List<String> OVERLOAD_SENTENCES =
            List.of("overloaded", "the model is overloaded", "the server is overloaded", "service unavailable");
    private static final List<String> RATE_SENTENCES = List.of("rate limit", "too many requests");
    /** What a field says that says no more than the status does. */
    private static final Set<String> GENERIC = Set.of(
            "error",
            "badrequest",
            "badrequesterror",
            "bad_request",
            "bad_request_error",
            "invalid_request",
            "invalid_request_error",
            "invalid_request_prompt",
            "invalid_argument",
            "failed_precondition",
            "validation",
            "server_error",
            "internalservererror",
            "api_error",
            "client specified an invalid argument",
            "permission_denied",
            "permission_error",
            "permissiondenied",
            "forbidden",
            "request_forbidden",
            "unauthorized",
            "the caller does not have permission",
            "the caller does not have permission to execute the specified operation",
            "some resource has been exhausted");

    private final Set<String> codes = new LinkedHashSet<>();
    private final Set<ErrorKind> meant = EnumSet.noneOf(ErrorKind.class);
    private final String message;
    private final String unquoted;
    private final boolean genericCode;
    private final boolean generic;
    private final boolean exact;

    /**
     * Looks at an error.
     *
     * @param protocol what its provider speaks
     * @param error its object; null for an error that is not JSON
     * @param message its text for people
     */
    ErrorSigns(Protocol protocol, @Nullable JsonNode error, String message) {
        String lower = message.toLowerCase(Locale.ROOT).strip();
        this.message = lower.replace('\u2019', '\'');
        this.unquoted = unquoted(lower);
        boolean plainCode = true;
        boolean plainRest = true;
        boolean reasoned = false;
        boolean flagged = false;
        if (error != null) {
            plainCode = add(error.path("code"));
            boolean plainType = add(error.path("type"));
            plainRest = add(error.path("status")) && plainType;
            JsonNode details = error.path("details");
            add(details.path("error_code"));
            for (JsonNode detail : details) {
                reasoned |= !add(detail.path("reason"));
            }
            add(error.path("innererror").path("code"));
            add(error.path("error_type"));
            if (error.path("status_code").isIntegralNumber() && error.has("status_msg")) {
                codes.add(ErrorRules.MINIMAX + error.path("status_code").asText());
            }
            // OpenRouter's moderation names what it has found
            flagged = !error.path("metadata").path("reasons").path(0).isMissingNode();
            reasoned |= !error.path("param").asText("").isEmpty();
        }
        this.genericCode = plainCode;
        this.generic = plainCode && plainRest;
        this.exact = generic && !reasoned;
        if (flagged) {
            meant.add(ErrorKind.CONTENT_POLICY);
        }
        for (String code : codes) {
            ErrorKind kind = ErrorRules.meaning(protocol, code);
            if (kind != null) {
                meant.add(kind);
            }
        }
    }

    /** Takes a field; true when it says no more than the status does. */
    private boolean add(JsonNode field) {
        if (!field.isTextual()) {
            return true;
        }
        String code = field.textValue().toLowerCase(Locale.ROOT).strip();
        codes.add(code);
        return saysNothing(code);
    }

    /** True for a code that says no more than the status does, in any case of letters. */
    static boolean saysNothing(String code) {
        String lower = code.toLowerCase(Locale.ROOT).strip();
        return GENERIC.contains(lower) || lower.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** The gateway's own key is refused. */
    boolean badKey() {
        return meant.contains(ErrorKind.UPSTREAM_AUTHENTICATION) || (exact && beginsAndHolds(ErrorRules.KEY_REFUSED));
    }

    /**
     * No money is left. The sentence "exceeded your current quota" stands in ordinary rate limits as well, so that only
     * a code counts for quotas.
     */
    boolean noMoney() {
        return meant.contains(ErrorKind.UPSTREAM_BILLING) || (exact && beginsAndHolds(ErrorRules.NO_MONEY));
    }

    /** What the gateway's key may not do, in a code: its own right is good. */
    boolean noRight() {
        return meant.contains(ErrorKind.PERMISSION);
    }

    /** More than the model can take in. */
    boolean contextLength() {
        return meant.contains(ErrorKind.CONTEXT_LENGTH) || (genericCode && says(ErrorRules.TOO_LONG));
    }

    /** Refused for what it is about. */
    boolean contentPolicy() {
        return meant.contains(ErrorKind.CONTENT_POLICY) || (genericCode && says(ErrorRules.REFUSED));
    }

    /** A model that is not there. */
    boolean noModel() {
        return meant.contains(ErrorKind.MODEL_NOT_FOUND) || (generic && begins(ErrorRules.NO_MODEL));
    }

    /** The request's fault, whatever the status says. */
    boolean requestsOwn() {
        return meant.contains(ErrorKind.BAD_REQUEST);
    }

    /** The request's fault, in words that a server uses with a status of its own faults. */
    boolean saysRequestsOwn() {
        return generic && begins(ErrorRules.REQUESTS_OWN);
    }

    /** A code that says too busy. */
    boolean meansOverloaded() {
        return meant.contains(ErrorKind.UPSTREAM_OVERLOADED);
    }

    /** One request is more than the limit of a minute, so that waiting does not help; it comes as a rate limit. */
    boolean requestTooLarge() {
        return message.startsWith("request too large");
    }

    /** Anthropic to a subscription that does not pay for a context this long; it comes as a rate limit. */
    boolean longContext() {
        return message.startsWith("extra usage is required for long context");
    }

    /** Too busy, for an error without a status. */
    boolean overloaded() {
        return meansOverloaded()
                || part("overloaded")
                || part("unavailable")
                || part("slow_down")
                || (generic && begins(OVERLOAD_SENTENCES));
    }

    /** Asked too often, for an error without a status. */
    boolean rateLimit() {
        return meant.contains(ErrorKind.UPSTREAM_RATE_LIMIT)
                || part("rate_limit")
                || part("resource_exhausted")
                || (generic && begins(RATE_SENTENCES));
    }

    /** The caller's fault, for an error without a status. */
    boolean callersFault() {
        return part("invalid_request")
                || part("invalid_argument")
                || part("badrequest")
                || part("validation")
                || requestsOwn()
                || (generic && (contextLength() || contentPolicy()))
                || meant.contains(ErrorKind.CONTEXT_LENGTH)
                || meant.contains(ErrorKind.CONTENT_POLICY)
                || meant.contains(ErrorKind.MODEL_NOT_FOUND);
    }

    private boolean part(String word) {
        for (String code : codes) {
            if (code.contains(word)) {
                return true;
            }
        }
        return false;
    }

    private boolean begins(List<String> sentences) {
        for (String sentence : sentences) {
            if (message.startsWith(sentence)) {
                return true;
            }
        }
        return false;
    }

    /** True when the message begins with the first words of a row and holds the rest of them. */
    private boolean beginsAndHolds(List<List<String>> rows) {
        for (List<String> row : rows) {
            if (message.startsWith(row.getFirst())) {
                boolean all = true;
                for (String words : row) {
                    all &= message.contains(words);
                }
                if (all) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean says(List<List<String>> rows) {
        for (List<String> row : rows) {
            boolean all = true;
            for (String words : row) {
                all &= unquoted.contains(words);
            }
            if (all) {
                return true;
            }
        }
        return false;
    }

    /** The message without what stands in quotes; a quote that does not end goes to the end. */
    private static String unquoted(String message) {
        StringBuilder out = new StringBuilder(message.length());
        char open = 0;
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            if (open == 0 && isQuote(c) && !insideWord(message, i)) {
                open = c;
            } else if (open == c && !insideWord(message, i)) {
                open = 0;
            } else if (open == 0) {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static boolean isQuote(char c) {
        return c == '"' || c == '\'' || c == '`';
    }

    /** An apostrophe, as in "model's". */
    private static boolean insideWord(String message, int at) {
        return at > 0
                && at + 1 < message.length()
                && Character.isLetterOrDigit(message.charAt(at - 1))
                && Character.isLetterOrDigit(message.charAt(at + 1));
    }
}
