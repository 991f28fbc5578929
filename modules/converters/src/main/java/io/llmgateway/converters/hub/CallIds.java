package io.llmgateway.converters.hub;

/**
 * Tool call ids as a provider accepts them. A changed id depends on the old one alone, so calls and results stay
 * together without any memory. Stateless, thread-safe.
 */
public final class CallIds {
    /** OpenAI's limit on chat completions. */
    public static final int OPENAI_MAX = 40;

    /** Long enough for every id that is in use. */
    public static final int ANTHROPIC_MAX = 128;

    private static final int HASH = 10;

    private CallIds() {}

    /** The id with characters of {@code [a-zA-Z0-9_-]} only and at most {@code max} of them. */
    public static String valid(String id, int max) {
        boolean changed = id.length() > max;
        for (int i = 0; i < id.length() && !changed; i++) {
            changed = !isValid(id.charAt(i));
        }
        if (!changed && !id.isEmpty()) {
            return id;
        }
        StringBuilder valid = new StringBuilder(max);
        for (int i = 0; i < Math.min(id.length(), max - HASH - 1); i++) {
            valid.append(isValid(id.charAt(i)) ? id.charAt(i) : '_');
        }
        return valid.append('_').append(Digests.hex(id, HASH)).toString();
    }

    /** An id for a call of the history that has none. */
    public static String derived(int turn, int call, String name, String arguments) {
        return "call_" + Digests.hex(turn + "/" + call + "/" + name + "/" + arguments, 24);
    }

    private static boolean isValid(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }
}
