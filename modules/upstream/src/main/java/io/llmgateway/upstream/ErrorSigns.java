package io.llmgateway.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
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
    private static final Set<String> KEY_CODES = Set.of(
            "invalid_api_key",
            "authentication_error",
            "api_key_invalid",
            "api_key_expired",
            "api_key_service_blocked",
            "api_key_ip_address_blocked",
            "api_key_http_referrer_blocked");
    private static final List<String> KEY_SENTENCES = List.of(
            "api key not valid. please pass a valid api key",
            "api key expired. please renew the api key",
            "your api key was reported as leaked");
    private static final Set<String> MONEY_CODES =
            Set.of("insufficient_quota", "credit_balance_exhausted", "billing_error", "billing_disabled");
    private static final String MONEY_SENTENCE = "your credit balance is too low to access the ";
    private static final Set<String> CONTEXT_CODES = Set.of("context_length_exceeded", "exceed_context_size_error");
    private static final Set<String> POLICY_CODES =
            Set.of("content_policy_violation", "content_filter", "responsibleaipolicyviolation");
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
            "permission_denied");

    private final Set<String> codes = new HashSet<>();
    private final String message;
    private final boolean genericCode;
    private final boolean generic;
    private final boolean exact;

    /**
     * Looks at an error.
     *
     * @param error its object; null for an error that is not JSON
     * @param message its text for people
     */
    ErrorSigns(@Nullable JsonNode error, String message) {
        this.message = message.toLowerCase(Locale.ROOT).strip();
        boolean plainCode = true;
        boolean plainRest = true;
        boolean reasoned = false;
        if (error != null) {
            plainCode = add(error.path("code"));
            boolean plainType = add(error.path("type"));
            plainRest = add(error.path("status")) && plainType;
            for (JsonNode detail : error.path("details")) {
                reasoned |= !add(detail.path("reason"));
            }
            add(error.path("innererror").path("code"));
            reasoned |= !error.path("param").asText("").isEmpty();
        }
        this.genericCode = plainCode;
        this.generic = plainCode && plainRest;
        this.exact = generic && !reasoned;
    }

    /** Takes a field; true when it says no more than the status does. */
    private boolean add(JsonNode field) {
        if (!field.isTextual()) {
            return true;
        }
        String code = field.textValue().toLowerCase(Locale.ROOT).strip();
        codes.add(code);
        return GENERIC.contains(code) || code.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** The gateway's own key is refused. */
    boolean badKey() {
        return has(KEY_CODES) || (exact && begins(KEY_SENTENCES));
    }

    /**
     * No money is left. The sentence "exceeded your current quota" stands in ordinary rate limits as well, so that only
     * a code counts for quotas.
     */
    boolean noMoney() {
        return has(MONEY_CODES) || (exact && message.startsWith(MONEY_SENTENCE));
    }

    /** More than the model can take in. */
    boolean contextLength() {
        return has(CONTEXT_CODES) || (genericCode && saysContextLength(unquoted()));
    }

    private static boolean saysContextLength(String words) {
        return words.contains("maximum context length")
                || words.contains("prompt is too long")
                || words.contains("exceed context limit")
                || (words.contains("input token count") && words.contains("exceeds the maximum"));
    }

    /** Refused for what it is about. */
    boolean contentPolicy() {
        return has(POLICY_CODES) || (genericCode && unquoted().contains("content filtering policy"));
    }

    /** One request is more than the limit of a minute, so that waiting does not help; it comes as a rate limit. */
    boolean requestTooLarge() {
        return message.startsWith("request too large");
    }

    /** Too busy, for an error without a status. */
    boolean overloaded() {
        return part("overloaded")
                || part("unavailable")
                || part("slow_down")
                || (generic && begins(OVERLOAD_SENTENCES));
    }

    /** Asked too often, for an error without a status. */
    boolean rateLimit() {
        return part("rate_limit") || part("resource_exhausted") || (generic && begins(RATE_SENTENCES));
    }

    /** The caller's fault, for an error without a status. */
    boolean callersFault() {
        return part("invalid_request")
                || part("invalid_argument")
                || (generic && (contextLength() || contentPolicy()))
                || has(CONTEXT_CODES)
                || has(POLICY_CODES);
    }

    private boolean has(Set<String> known) {
        for (String code : codes) {
            if (known.contains(code)) {
                return true;
            }
        }
        return false;
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

    /** The message without what stands in quotes; a quote that does not end goes to the end. */
    private String unquoted() {
        StringBuilder out = new StringBuilder(message.length());
        char open = 0;
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            if (open == 0 && isQuote(c) && !insideWord(i)) {
                open = c;
            } else if (open == c && !insideWord(i)) {
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
    private boolean insideWord(int at) {
        return at > 0
                && at + 1 < message.length()
                && Character.isLetterOrDigit(message.charAt(at - 1))
                && Character.isLetterOrDigit(message.charAt(at + 1));
    }
}
