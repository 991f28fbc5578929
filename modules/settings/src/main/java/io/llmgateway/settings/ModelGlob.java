package io.llmgateway.settings;

import io.llmgateway.model.ModelName;
import java.util.Optional;

/**
 * A pattern for model names: characters of a model name, and {@code *} for any number of characters. One without a
 * star that ends in {@code - / :} or {@code .} is the beginning of a name and gets the star. Case matters. Immutable,
 * thread-safe.
 *
 * @param value the pattern, 1 to 256 characters
 */
public record ModelGlob(String value) {
    /** Every model. */
    public static final ModelGlob ANY = new ModelGlob("*");

    private static final int MAX_LENGTH = 256;
    /** No model's name ends like this, so that more is meant to follow. */
    private static final String OPEN_ENDS = "-/:.";

    public ModelGlob {
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("must have 1 to " + MAX_LENGTH + " characters");
        }
        // a star stands for something that a name may hold
        Optional<String> wrong = ModelName.explain(value.replace('*', '-'));
        if (wrong.isPresent()) {
            throw new IllegalArgumentException("must be a model name, with * for any characters: " + wrong.get());
        }
        value = isPrefix(value) ? value + "*" : value;
    }

    /** True when the text without a star is the beginning of a name, by its last character. */
    public static boolean isPrefix(String text) {
        return !text.isEmpty() && text.indexOf('*') < 0 && OPEN_ENDS.indexOf(text.charAt(text.length() - 1)) >= 0;
    }

    /** True when there can be a name that begins with the text and is matched. */
    public boolean matchesSomeBeginningWith(String text) {
        // what is left of the pattern behind the text can always be matched by something
        boolean[] at = new boolean[value.length() + 1];
        at[0] = true;
        for (int n = 0; n < text.length(); n++) {
            boolean[] next = new boolean[value.length() + 1];
            for (int g = 0; g < value.length(); g++) {
                if (at[g] && value.charAt(g) == '*') {
                    next[g] = true;
                    at[g + 1] = true;
                } else if (at[g] && value.charAt(g) == text.charAt(n)) {
                    next[g + 1] = true;
                }
            }
            at = next;
        }
        for (boolean reached : at) {
            if (reached) {
                return true;
            }
        }
        return false;
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
