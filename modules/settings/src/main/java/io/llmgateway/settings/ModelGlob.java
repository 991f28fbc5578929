package io.llmgateway.settings;

/**
 * A pattern for model names: characters of a model name, and {@code *} for any number of characters. Case matters.
 * Immutable, thread-safe.
 *
 * @param value the pattern, 1 to 256 characters
 */
public record ModelGlob(String value) {
    /** Every model. */
    public static final ModelGlob ANY = new ModelGlob("*");

    private static final int MAX_LENGTH = 256;

    public ModelGlob {
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("must have 1 to " + MAX_LENGTH + " characters");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!alphanumeric && "._:/@+-*".indexOf(c) < 0) {
                throw new IllegalArgumentException("must hold letters, digits and . _ : / @ + - * only");
            }
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
