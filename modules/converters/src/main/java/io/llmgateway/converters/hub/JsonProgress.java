package io.llmgateway.converters.hub;

/**
 * Follows a JSON value that arrives in pieces, to know when it is complete: depth of brackets and strings, nothing
 * more. Confined to one value.
 */
public final class JsonProgress {
    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean begun;
    private boolean broken;

    /** Takes the next piece. */
    public void take(String piece) {
        for (int i = 0; i < piece.length(); i++) {
            take(piece.charAt(i));
        }
    }

    private void take(char c) {
        if (inString) {
            inString = escaped || c != '"';
            escaped = !escaped && c == '\\';
            return;
        }
        switch (c) {
            case '"' -> {
                inString = true;
                begun = true;
            }
            case '{', '[' -> {
                depth++;
                begun = true;
            }
            case '}', ']' -> {
                depth--;
                broken |= depth < 0;
            }
            default -> begun |= c > ' ';
        }
    }

    /** True when a whole object or array has been seen; nothing at all is not complete. */
    public boolean complete() {
        return begun && depth == 0 && !inString && !broken;
    }
}
