package io.llmgateway.model;

/**
 * Takes links out of a text: what a provider says of the rights of the account behind the gateway leads to that
 * account's console, where a client has no business. Stateless, thread-safe.
 */
public final class Links {
    private static final String STARS = "***";
    private static final String SEPARATORS = "\"'`()[]<>{},;|";
    private static final int SHORTEST_DOMAIN = 2;

    private Links() {}

    /** The text with every link, with its scheme or without, replaced by stars. */
    public static String hidden(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            int end = at;
            while (end < text.length() && !separates(text.charAt(end))) {
                end++;
            }
            if (isLink(text, at, end)) {
                boolean sentence = text.charAt(end - 1) == '.';
                out.append(STARS).append(sentence ? "." : "");
            } else {
                out.append(text, at, end);
            }
            if (end < text.length()) {
                out.append(text.charAt(end));
            }
            at = end + 1;
        }
        return out.toString();
    }

    private static boolean separates(char c) {
        return c <= ' ' || SEPARATORS.indexOf(c) >= 0;
    }

    private static boolean isLink(String text, int from, int end) {
        int scheme = text.indexOf("://", from);
        return (scheme >= 0 && scheme < end) || isPlace(text, from, end);
    }

    /** True for a name of a host with a path behind it: its last part is made of letters. */
    private static boolean isPlace(String text, int from, int end) {
        int slash = text.indexOf('/', from);
        if (slash < 0 || slash >= end) {
            return false;
        }
        int dot = text.lastIndexOf('.', slash);
        if (dot <= from || slash - dot <= SHORTEST_DOMAIN) {
            return false;
        }
        for (int i = dot + 1; i < slash; i++) {
            if (!Character.isLetter(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }
}
