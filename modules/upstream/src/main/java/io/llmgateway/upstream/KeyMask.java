package io.llmgateway.upstream;

/**
 * Makes a provider's message fit to be shown: bounded, without control characters, with everything that looks like a
 * credential masked, since providers repeat keys in their refusals. Stateless, thread-safe.
 */
final class KeyMask {
    private static final int MAX_LENGTH = 500;
    private static final String[] PREFIXES = {"sk-", "sk_", "AIza", "Bearer ", "key=", "xai-", "gsk_", "llmgw-"};

    private KeyMask() {}

    static String clean(String message) {
        StringBuilder out = new StringBuilder(Math.min(message.length(), MAX_LENGTH) + 8);
        int at = 0;
        while (at < message.length() && out.length() < MAX_LENGTH) {
            int prefix = prefixAt(message, at);
            if (prefix > 0) {
                out.append(message, at, at + prefix).append("***");
                at = endOfKey(message, at + prefix);
            } else {
                char c = message.charAt(at++);
                out.append(c < ' ' || c == 127 ? ' ' : c);
            }
        }
        return out.toString().strip();
    }

    private static int prefixAt(String text, int at) {
        for (String prefix : PREFIXES) {
            if (text.regionMatches(true, at, prefix, 0, prefix.length())) {
                return prefix.length();
            }
        }
        return 0;
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
