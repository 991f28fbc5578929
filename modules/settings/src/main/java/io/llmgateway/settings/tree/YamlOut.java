package io.llmgateway.settings.tree;

/** Writes YAML line by line, so that every scalar is read back as the text it is. Confined to one document. */
public final class YamlOut {
    private static final String INDENT = "  ";
    private static final int COMMENT_COLUMN = 48;

    private final StringBuilder out = new StringBuilder();
    private int depth;
    private boolean dash;

    /** A line {@code key:} whose value follows deeper. */
    public YamlOut open(String key) {
        line(scalar(key) + ":", "");
        depth++;
        return this;
    }

    /** Back to the depth before the last {@link #open} or {@link #element}. */
    public YamlOut close() {
        depth--;
        return this;
    }

    /** The next line begins an element of a list; what follows stands beside it. */
    public YamlOut element() {
        dash = true;
        depth++;
        return this;
    }

    /** A line {@code key: value}; the value stands as it is given. */
    public YamlOut entry(String key, String raw, String comment) {
        line(scalar(key) + ": " + raw, comment);
        return this;
    }

    /** A line with a value of a list. */
    public YamlOut item(String raw) {
        line("- " + raw, "");
        return this;
    }

    public YamlOut comment(String text) {
        text.lines().forEach(each -> line(each.isEmpty() ? "#" : "# " + each, ""));
        return this;
    }

    public YamlOut blank() {
        out.append('\n');
        return this;
    }

    public String text() {
        return out.toString();
    }

    private void line(String text, String comment) {
        int indent = dash ? depth - 1 : depth;
        int start = out.length();
        out.append(INDENT.repeat(indent)).append(dash ? "- " : "").append(text);
        dash = false;
        if (!comment.isEmpty()) {
            out.append(" ".repeat(Math.max(2, COMMENT_COLUMN - (out.length() - start))))
                    .append("# ")
                    .append(comment);
        }
        out.append('\n');
    }

    /** The text as a YAML scalar: plain when nothing in it can be misread, else in quotes. */
    public static String scalar(String text) {
        boolean plain = !text.isEmpty() && Character.isLetter(text.charAt(0)) && text.charAt(0) < 128;
        for (int i = 0; plain && i < text.length(); i++) {
            char c = text.charAt(i);
            plain = c < 128 && (Character.isLetterOrDigit(c) || "-_./".indexOf(c) >= 0);
        }
        return plain && !isWord(text) ? text : quoted(text);
    }

    /** As {@link #scalar}, but numbers, durations and truth values stand as they are. */
    public static String value(String text) {
        boolean number = !text.isEmpty()
                && text.charAt(0) >= '0'
                && text.charAt(0) <= '9'
                && text.chars().allMatch(c -> c == '.' || (c < 128 && Character.isLetterOrDigit(c)));
        return number || text.equals("true") || text.equals("false") ? text : scalar(text);
    }

    private static boolean isWord(String text) {
        return switch (text.toLowerCase(java.util.Locale.ROOT)) {
            case "null", "true", "false", "yes", "no", "on", "off", "y", "n" -> true;
            default -> false;
        };
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        quoted.append("\\x")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
