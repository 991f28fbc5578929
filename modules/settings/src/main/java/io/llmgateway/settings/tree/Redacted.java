package io.llmgateway.settings.tree;

/** Values as messages may show them: short, on one line, and never anything that could be a secret. Thread-safe. */
public final class Redacted {
    private static final int MAX_SHOWN = 32;
    private static final int MAX_REFERENCE = 256;
    private static final int KEPT = 3;
    private static final String[] SECRET_STARTS = {"sk-", "AIza", "llmgw-", "Bearer ", "sk_", "xai-", "gsk_", "key-"};

    private Redacted() {}

    /** The value in quotes; a number as it is; the first characters and stars when it could be a secret. */
    public static String of(String text) {
        if (looksSecret(text)) {
            return "'" + printable(text.substring(0, Math.min(KEPT, text.length()))) + "***'";
        }
        return isNumber(text) ? text : "'" + printable(text) + "'";
    }

    /** The name of a variable or file in a reference, or stars when somebody put the secret itself there. */
    public static String reference(String text) {
        for (String start : SECRET_STARTS) {
            if (text.startsWith(start)) {
                return start + "***";
            }
        }
        return text.length() > MAX_REFERENCE ? "***" : printable(text);
    }

    private static boolean looksSecret(String text) {
        if (text.length() > MAX_SHOWN || (text.indexOf('@') > 0 && text.contains("://"))) {
            return true;
        }
        for (String start : SECRET_STARTS) {
            if (text.contains(start)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNumber(String text) {
        int from = text.startsWith("-") ? 1 : 0;
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return text.length() > from;
    }

    private static String printable(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return shown.toString();
    }
}
