package io.llmgateway.server;

import io.llmgateway.http.RequestHead;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Lets pages of listed origins call the gateway from a browser: answers carry the fields that the browser looks for,
 * and its question beforehand (the preflight) is answered. Other origins get no such field, so that their pages read
 * nothing. Keys are sent as headers, never as cookies, so that credentials are not allowed. Immutable, thread-safe.
 * Source: the Fetch standard, section "CORS protocol".
 */
final class Cors {
    private static final String ANY = "*";
    private static final String EXPOSED =
            "x-request-id, request-id, retry-after, x-should-retry, www-authenticate, x-gateway-instance,"
                    + " x-gateway-attempts, x-gateway-warnings, x-gateway-overhead-us, x-gateway-estimated,"
                    + " x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests,"
                    + " x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens,"
                    + " anthropic-ratelimit-requests-limit, anthropic-ratelimit-requests-remaining,"
                    + " anthropic-ratelimit-requests-reset, anthropic-ratelimit-tokens-limit,"
                    + " anthropic-ratelimit-tokens-remaining, anthropic-ratelimit-tokens-reset,"
                    + " anthropic-ratelimit-input-tokens-limit, anthropic-ratelimit-input-tokens-remaining,"
                    + " anthropic-ratelimit-input-tokens-reset, anthropic-ratelimit-output-tokens-limit,"
                    + " anthropic-ratelimit-output-tokens-remaining, anthropic-ratelimit-output-tokens-reset";
    private static final String MAX_AGE_SECONDS = "600";

    private final List<String> origins;

    Cors(List<String> origins) {
        this.origins = origins;
    }

    /** Adds what the page's browser looks for; false when the request comes from no page, or from none that may. */
    boolean admit(RequestHead head, HttpAnswer answer) {
        if (origins.isEmpty()) {
            return false;
        }
        String origin = head.value("origin");
        String admitted = admitted(origin);
        if (!origins.contains(ANY)) {
            // the answer depends on the origin, which a cache in between must know
            answer.header("vary", "Origin");
        }
        if (admitted == null) {
            return false;
        }
        answer.header("access-control-allow-origin", admitted);
        answer.header("access-control-expose-headers", EXPOSED);
        return true;
    }

    private @Nullable String admitted(@Nullable String origin) {
        if (origin == null) {
            return null;
        }
        if (origins.contains(ANY)) {
            return ANY;
        }
        return origins.contains(origin.toLowerCase(Locale.ROOT)) ? origin : null;
    }

    /** Answers the question of a browser beforehand. */
    void preflight(RequestHead head, HttpAnswer answer, String methods) {
        answer.header("access-control-allow-methods", methods);
        String asked = head.value("access-control-request-headers");
        if (asked != null && plain(asked)) {
            answer.header("access-control-allow-headers", asked);
        }
        answer.header("access-control-max-age", MAX_AGE_SECONDS);
    }

    /** A list of names of fields and nothing else. */
    private static boolean plain(String asked) {
        return asked.chars().allMatch(c -> (Character.isLetterOrDigit(c) && c < 128) || "-_, ".indexOf(c) >= 0);
    }
}
