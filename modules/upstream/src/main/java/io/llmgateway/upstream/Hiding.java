package io.llmgateway.upstream;

import io.llmgateway.model.Secret;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes out of what a provider says what clients must not read: credentials, since providers repeat them in their
 * refusals, addresses of the network behind the gateway, and control characters other than line breaks and tabs. All
 * else stays as it is. Immutable, thread-safe.
 */
final class Hiding {
    private static final String STARS = "***";
    private static final int SHORTEST_SECRET = 6;
    private static final int SHORTEST_KEY = 6;
    /** A key that is so long needs no digit to be one. */
    private static final int SURELY_KEY = 16;

    private static final int MOST_OCTET = 255;
    private static final int OCTETS = 4;
    /** What keys begin with. */
    private static final List<String> PREFIXES = List.of(
            "sk-", "sk_", "AIza", "Bearer ", "key=", "xai-", "gsk_", "llmgw-", "hf_", "nvapi-", "pplx-", "r8_", "AKIA");

    /** Domains that everybody knows; their names stand in quotas and links, which must stay readable. */
    private static final List<String> PUBLIC = List.of(".openai.com", ".anthropic.com", ".googleapis.com");

    private final List<String> known = new ArrayList<>();
    private final List<String> addresses = new ArrayList<>();

    Hiding(AnsweredBy origin) {
        for (Secret secret : origin.secrets()) {
            String text = secret.reveal();
            if (text.length() >= SHORTEST_SECRET) {
                known.add(text);
            }
        }
        if (!origin.host().isEmpty() && PUBLIC.stream().noneMatch(origin.host()::endsWith)) {
            addresses.add(origin.host() + ":" + origin.port());
            addresses.add("//" + origin.host());
            if (origin.host().indexOf('.') > 0) {
                addresses.add(origin.host());
            }
        }
    }

    /** The text, of at most so many characters. */
    String clean(String text, int most) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), most) + STARS.length());
        int at = 0;
        while (at < text.length() && out.length() < most) {
            int end = hiddenTo(text, at);
            if (end > at) {
                out.append(STARS);
                at = end;
                continue;
            }
            int prefix = keyAt(text, at);
            if (prefix > 0) {
                out.append(text, at, at + prefix).append(STARS);
                at = endOfKey(text, at + prefix);
                continue;
            }
            char c = text.charAt(at++);
            boolean control = (c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 127;
            out.append(control ? ' ' : c);
        }
        boolean half =
                out.length() > 0 && at < text.length() && Character.isHighSurrogate(out.charAt(out.length() - 1));
        if (half) {
            out.setLength(out.length() - 1);
        }
        return out.toString();
    }

    /** Where something ends that is hidden as a whole; -1 when nothing of that kind begins here. */
    private int hiddenTo(String text, int at) {
        for (String secret : known) {
            if (text.startsWith(secret, at)) {
                return at + secret.length();
            }
        }
        boolean begins = at == 0 || !partOfName(text.charAt(at - 1));
        for (String address : addresses) {
            int end = at + address.length();
            boolean slashes = address.charAt(0) == '/';
            boolean here = (begins || slashes) && text.regionMatches(true, at, address, 0, address.length());
            if (here && (end == text.length() || !partOfName(text.charAt(end)))) {
                return behindPort(text, end);
            }
        }
        return begins ? privateAddress(text, at) : -1;
    }

    private static boolean partOfName(char c) {
        return Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.';
    }

    /** Where an IPv4 address of a private network ends, with its port; -1 when none begins here. */
    private static int privateAddress(String text, int from) {
        int[] octets = new int[OCTETS];
        int at = from;
        for (int i = 0; i < OCTETS; i++) {
            int begin = at;
            while (at < text.length() && at - begin < 3 && digit(text.charAt(at))) {
                octets[i] = octets[i] * 10 + text.charAt(at) - '0';
                at++;
            }
            if (at == begin || octets[i] > MOST_OCTET) {
                return -1;
            }
            if (i < OCTETS - 1) {
                if (at >= text.length() || text.charAt(at) != '.') {
                    return -1;
                }
                at++;
            }
        }
        int behind = at < text.length() && text.charAt(at) == '.' ? at + 1 : at;
        boolean longer = behind < text.length() && Character.isLetterOrDigit(text.charAt(behind));
        return !longer && isPrivate(octets[0], octets[1]) ? behindPort(text, at) : -1;
    }

    private static boolean isPrivate(int first, int second) {
        return first == 10
                || first == 127
                || (first == 192 && second == 168)
                || (first == 172 && second >= 16 && second < 32)
                || (first == 169 && second == 254)
                || (first == 100 && second >= 64 && second < 128);
    }

    private static int behindPort(String text, int at) {
        if (at >= text.length() || text.charAt(at) != ':') {
            return at;
        }
        int end = at + 1;
        while (end < text.length() && digit(text.charAt(end))) {
            end++;
        }
        return end == at + 1 ? at : end;
    }

    /** How long the beginning of a key is that stands here; 0 when none does. */
    private static int keyAt(String text, int at) {
        if (at > 0 && Character.isLetterOrDigit(text.charAt(at - 1))) {
            // inside a word, as in risk-averse or monkey=
            return 0;
        }
        for (String prefix : PREFIXES) {
            int from = at + prefix.length();
            if (text.regionMatches(true, at, prefix, 0, prefix.length()) && looksLikeKey(text, from)) {
                return prefix.length();
            }
        }
        return 0;
    }

    /** Keys are long, or short with digits or stars in them; words are neither. */
    private static boolean looksLikeKey(String text, int from) {
        int end = endOfKey(text, from);
        boolean digits = false;
        for (int i = from; i < end; i++) {
            digits |= digit(text.charAt(i)) || text.charAt(i) == '*';
        }
        int length = end - from;
        return length >= SURELY_KEY || (digits && length >= SHORTEST_KEY);
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    private static int endOfKey(String text, int from) {
        int at = from;
        while (at < text.length() && isKeyPart(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isKeyPart(char c) {
        return Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.' || c == '*' || c == '+' || c == '/';
    }
}
