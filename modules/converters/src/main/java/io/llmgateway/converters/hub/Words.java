package io.llmgateway.converters.hub;

/** Keeps words apart where something between two texts is left out. Stateless, thread-safe. */
public final class Words {
    private Words() {}

    /** The text as it goes behind another: with a space in front unless there is white space or nothing already. */
    public static String apart(CharSequence before, String text) {
        boolean glued = !before.isEmpty()
                && !text.isEmpty()
                && !Character.isWhitespace(before.charAt(before.length() - 1))
                && !Character.isWhitespace(text.charAt(0));
        return glued ? ' ' + text : text;
    }
}
