package io.llmgateway.model;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The name of a language model or of an alias: 1 to 256 characters of one line, such as {@code gpt-5},
 * {@code /models/Qwen3-32B} or {@code Grüner Assistent}. It holds no control or format character, no half of a
 * surrogate pair, no {@code *} (which stands for any characters in patterns), and no white space but spaces inside. It
 * may hold everything else: whoever writes it into a path, a header field or a line of a log encodes it as that place
 * needs. Immutable, thread-safe.
 *
 * @param value the name, as the client or the configuration wrote it; case matters
 */
public record ModelName(String value) {
    /** Longest accepted name, in characters. */
    public static final int MAX_LENGTH = 256;

    /** Asks for a model with its long context, behind the model's name: {@code claude-opus-5[1m]}. */
    private static final String LONG_CONTEXT = "[1m]";

    public ModelName {
        String problem = problemOf(value);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
    }

    /** Returns the name, or empty when the text is not a valid model name. */
    public static Optional<ModelName> parse(String text) {
        return problemOf(text) == null ? Optional.of(new ModelName(text)) : Optional.empty();
    }

    /** Says why the text is not a valid model name, in a form that can be shown to the client; empty when it is. */
    public static Optional<String> explain(String text) {
        return Optional.ofNullable(problemOf(text));
    }

    /** True when the name asks for the long context of a model, as Claude Code writes it. */
    public static boolean asksForLongContext(String name) {
        int from = name.length() - LONG_CONTEXT.length();
        return from > 0 && name.regionMatches(true, from, LONG_CONTEXT, 0, LONG_CONTEXT.length());
    }

    /** The model's name without the marker that asks for its long context; the same one when it has none. */
    public ModelName withoutMarker() {
        return asksForLongContext(value)
                ? parse(value.substring(0, value.length() - LONG_CONTEXT.length()))
                        .orElse(this)
                : this;
    }

    private static @Nullable String problemOf(String text) {
        if (text.isEmpty()) {
            return "the model name is empty";
        }
        if (text.length() > MAX_LENGTH) {
            return "the model name has " + text.length() + " characters, at most " + MAX_LENGTH + " are allowed";
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                continue;
            }
            if (c == ' ' && (i == 0 || i == text.length() - 1)) {
                return "the model name must not begin or end with a space";
            }
            if (!isAllowed(text, i)) {
                return "the model name has a character that is not allowed at position " + (i + 1)
                        + "; not allowed are control and format characters, line ends, tabs and *";
            }
        }
        return null;
    }

    /** What nearly every name is made of. */
    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '-' && c <= ':');
    }

    private static boolean isAllowed(String text, int index) {
        char c = text.charAt(index);
        if (Character.isLowSurrogate(c)) {
            return index > 0 && Character.isHighSurrogate(text.charAt(index - 1));
        }
        if (c == ' ') {
            return true;
        }
        // a high surrogate without its other half is of the type that is refused
        return switch (Character.getType(text.codePointAt(index))) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> c != '*';
        };
    }

    // written out, like hashCode: those that records get by themselves cost 20 ms of a start (ADR 0011)
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ModelName name && value.equals(name.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
