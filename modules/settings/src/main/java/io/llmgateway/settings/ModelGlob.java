package io.llmgateway.settings;

import io.llmgateway.model.ModelName;
import java.util.Optional;

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
        // a star stands for something that a name may hold
        Optional<String> wrong = ModelName.explain(value.replace('*', '-'));
        if (wrong.isPresent()) {
            throw new IllegalArgumentException("must be a model name, with * for any characters: " + wrong.get());
        }
    }

    /** How many characters are no star. */
    int fixedCharacters() {
        return (int) value.chars().filter(c -> c != '*').count();
    }

    /**
     * True when the pattern matches the whole name. Takes at most the product of both lengths in steps and allocates
     * nothing.
     */
    public boolean matches(String name) {
        // goes back to the last star only, which is enough for a pattern whose only wildcard is the star
        int g = 0;
        int n = 0;
        int star = -1;
        int resume = 0;
        while (n < name.length()) {
            if (g < value.length() && value.charAt(g) == '*') {
                star = g++;
                resume = n;
            } else if (g < value.length() && value.charAt(g) == name.charAt(n)) {
                g++;
                n++;
            } else if (star >= 0) {
                g = star + 1;
                n = ++resume;
            } else {
                return false;
            }
        }
        while (g < value.length() && value.charAt(g) == '*') {
            g++;
        }
        return g == value.length();
    }

    @Override
    public String toString() {
        return value;
    }
}
