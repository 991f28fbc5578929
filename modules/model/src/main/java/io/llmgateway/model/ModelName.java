package io.llmgateway.model;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The name of a language model or of an alias: 1 to 256 characters out of letters, digits and {@code . _ : / @ + -},
 * starting with a letter, a digit or {@code @}. A name that exists is valid, so it can be logged and sent upstream as
 * it is. Immutable, thread-safe.
 *
 * @param value the name, as the client or the configuration wrote it; case matters
 */
public record ModelName(String value) {
    /** Longest accepted name, in characters. */
    public static final int MAX_LENGTH = 256;

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

    private static @org.jspecify.annotations.Nullable String problemOf(String text) {
        if (text.isEmpty()) {
            return "the model name is empty";
        }
        if (text.length() > MAX_LENGTH) {
            return "the model name has " + text.length() + " characters, at most " + MAX_LENGTH + " are allowed";
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean first = isAlphanumeric(c) || c == '@';
            if (!first && (i == 0 || "._:/+-".indexOf(c) < 0)) {
                return "the model name has a character that is not allowed at position " + (i + 1)
                        + "; allowed are letters, digits and . _ : / @ + -";
            }
        }
        return null;
    }

    private static boolean isAlphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
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
