package io.llmgateway.settings.read;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name somebody probably meant. Thread-safe. */
final class Spelling {
    private static final int MAX_LENGTH = 100;

    private Spelling() {}

    /** The nearest candidate, when it is near enough to be a slip of the keys. */
    static Optional<String> nearest(String written, Collection<String> candidates) {
        if (written.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String best = null;
        int bestDistance = Math.max(1, Math.min(3, written.length() / 3)) + 1;
        for (String candidate : candidates) {
            int distance = distance(fold(written), fold(candidate));
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /** The end of a message: {@code , did you mean 'port'}, or what is known, or nothing. */
    static String hint(String written, Collection<String> candidates) {
        return OtherWords.ours(written, candidates)
                .or(() -> nearest(written, candidates))
                .map(name -> ", did you mean '" + name + "'")
                .orElseGet(() -> candidates.isEmpty() ? "" : ", known are: " + String.join(", ", candidates));
    }

    private static String fold(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The number of insertions, deletions, replacements and swaps of neighbours between two short texts. */
    private static int distance(String a, String b) {
        int[] beforePrevious = new int[b.length() + 1];
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    current[j] = Math.min(current[j], beforePrevious[j - 2] + 1);
                }
            }
            int[] free = beforePrevious;
            beforePrevious = previous;
            previous = current;
            current = free;
        }
        return previous[b.length()];
    }
}
