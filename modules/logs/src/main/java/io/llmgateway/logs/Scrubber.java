package io.llmgateway.logs;

import java.util.List;

/**
 * Masks in a text what looks like a credential, and takes out what could steer a terminal. The second line of defence:
 * credentials are of type {@link io.llmgateway.model.Secret} and print themselves as stars, but exceptions of libraries
 * and what clients send are not under our control. Stateless, thread-safe.
 */
final class Scrubber {
    private static final String STARS = "***";
    private static final String BEARER = "Bearer ";
    private static final String AUTHORIZATION = "authorization";
    private static final int SHORTEST_KEY = 6;
    /** What is shorter behind the name of a header is a word of the sentence, such as {@code api-key: a secret}. */
    private static final int SHORTEST_HEADER = 4;

    private static final char REPLACEMENT = '\ufffd';

    /** What keys start with. */
    private static final List<String> PREFIXES =
            List.of("sk-", "sk_", "AIza", "xai-", "gsk_", "llmgw-", "ghp_", "hf_", "AKIA", BEARER);

    /** What may stand between the name of a header and its credential. */
    private static final List<String> SCHEMES = List.of(BEARER, "Basic ");

    /** Names whose values are credentials, wherever they stand. */
    private static final List<String> NAMES = List.of(
            "x-api-key", "api-key", "api_key", "apikey", "authorization", "access_token", "client_secret", "password");

    /** Names whose values are credentials in the query of a URL. */
    private static final List<String> PARAMETERS = List.of("key", "token", "sig", "signature");

    private Scrubber() {}

    /** The text without credentials and without the control characters that JSON leaves alone. */
    static String clean(String text) {
        StringBuilder out = null;
        int copied = 0;
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean control = c >= 0x7f && c <= 0x9f;
            int from = control ? at : secretAt(text, at, c);
            if (from < 0) {
                at++;
                continue;
            }
            out = out == null ? new StringBuilder(text.length()) : out;
            out.append(text, copied, from);
            if (control) {
                out.append(REPLACEMENT);
                at++;
            } else {
                out.append(STARS);
                at = endOf(text, at, from);
            }
            copied = at;
        }
        return out == null ? text : out.append(text, copied, text.length()).toString();
    }

    /** Where the secret begins that is announced here; -1 when none is. */
    private static int secretAt(String text, int at, char c) {
        return switch (c) {
            case 's', 'S', 'A', 'x', 'X', 'g', 'l', 'h', 'B', 'b', 'a', 'c', 'C', 'p', 'P', '?', '&' ->
                secretBehind(text, at);
            default -> -1;
        };
    }

    private static int secretBehind(String text, int at) {
        if (text.charAt(at) == '?' || text.charAt(at) == '&') {
            return parameter(text, at + 1);
        }
        if (at > 0 && Character.isLetterOrDigit(text.charAt(at - 1))) {
            // inside a word, as in risk-assessment
            return -1;
        }
        for (String prefix : PREFIXES) {
            int from = at + prefix.length();
            if (text.regionMatches(prefix.equals(BEARER), at, prefix, 0, prefix.length())
                    && endOfSecret(text, from) - from >= SHORTEST_KEY) {
                return from;
            }
        }
        for (String name : NAMES) {
            if (text.regionMatches(true, at, name, 0, name.length())) {
                int from = value(text, at + name.length());
                return name.endsWith("key") && isWord(text, from) ? -1 : from;
            }
        }
        return -1;
    }

    /** True for what is too short for a credential and stands in no quotes. */
    private static boolean isWord(String text, int from) {
        return from > 0
                && text.charAt(from - 1) != '"'
                && text.charAt(from - 1) != '\''
                && endOfSecret(text, from) - from < SHORTEST_HEADER;
    }

    private static int parameter(String text, int at) {
        for (String name : PARAMETERS) {
            int end = at + name.length();
            boolean here = text.regionMatches(true, at, name, 0, name.length());
            if (here && end < text.length() && text.charAt(end) == '=') {
                return end + 1;
            }
        }
        return -1;
    }

    /** Where the value of a name begins, behind a colon or an equals sign; -1 when no value follows. */
    private static int value(String text, int behindName) {
        int at = behindName;
        boolean sign = false;
        while (at < text.length()) {
            char c = text.charAt(at);
            if ((c == ':' || c == '=') && !sign) {
                sign = true;
            } else if (c != ' ' && c != '"' && c != '\'' && c != '\\') {
                break;
            }
            at++;
        }
        for (String scheme : SCHEMES) {
            if (text.regionMatches(true, at, scheme, 0, scheme.length())) {
                return sign ? at + scheme.length() : -1;
            }
        }
        return sign && endOfSecret(text, at) > at ? at : -1;
    }

    /** Where the secret ends that is announced at one place and begins at another. */
    private static int endOf(String text, int announced, int from) {
        char before = from == 0 ? ' ' : text.charAt(from - 1);
        if (before == '"' || before == '\'') {
            // all that is in the quotes, which are escaped where the text is JSON in JSON
            boolean escaped = from > 1 && text.charAt(from - 2) == '\\';
            int end = escaped ? text.indexOf("\\" + before, from) : text.indexOf(before, from);
            return end < 0 ? text.length() : end;
        }
        int end = endOfSecret(text, from);
        int next = endOfSecret(text, Math.min(end + 1, text.length()));
        // an unknown scheme and its credential
        boolean two = text.regionMatches(true, announced, AUTHORIZATION, 0, AUTHORIZATION.length())
                && !knownScheme(text, from)
                && end < text.length()
                && text.charAt(end) == ' '
                && next - end > SHORTEST_KEY;
        return two ? next : end;
    }

    private static boolean knownScheme(String text, int from) {
        return SCHEMES.stream()
                .anyMatch(scheme -> text.regionMatches(true, from - scheme.length(), scheme, 0, scheme.length()));
    }

    private static int endOfSecret(String text, int from) {
        int at = from;
        while (at < text.length() && isKeyPart(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isKeyPart(char c) {
        return Character.isLetterOrDigit(c) || "-_.~+/=%*".indexOf(c) >= 0;
    }
}
