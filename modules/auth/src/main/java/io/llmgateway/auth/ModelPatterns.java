package io.llmgateway.auth;

import io.llmgateway.model.ModelName;
import io.llmgateway.settings.ModelGlob;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Patterns of model names, prepared for quick matching: {@code *} stands for any number of characters, case matters.
 * Matching takes at most the product of both lengths in steps and allocates nothing. Immutable, thread-safe.
 */
public final class ModelPatterns {
    private final boolean all;
    private final Set<String> exact;
    private final String[] globs;

    private ModelPatterns(boolean all, Set<String> exact, String[] globs) {
        this.all = all;
        this.exact = exact;
        this.globs = globs;
    }

    /** Prepares the patterns; an empty list matches nothing. */
    public static ModelPatterns of(List<ModelGlob> patterns) {
        Set<String> exact = new HashSet<>();
        List<String> globs = new ArrayList<>();
        boolean all = false;
        for (ModelGlob pattern : patterns) {
            String text = pattern.value();
            all |= pattern.equals(ModelGlob.ANY);
            if (text.indexOf('*') < 0) {
                exact.add(text);
            } else {
                globs.add(text);
            }
        }
        return new ModelPatterns(all, Set.copyOf(exact), globs.toArray(String[]::new));
    }

    /** True when one of the patterns matches the whole name. */
    public boolean matches(ModelName model) {
        if (all || exact.contains(model.value())) {
            return true;
        }
        for (String glob : globs) {
            if (matches(glob, model.value())) {
                return true;
            }
        }
        return false;
    }

    /** Goes back to the last star only, which is enough for a pattern whose only wildcard is the star. */
    private static boolean matches(String glob, String name) {
        int g = 0;
        int n = 0;
        int star = -1;
        int resume = 0;
        while (n < name.length()) {
            if (g < glob.length() && glob.charAt(g) == '*') {
                star = g++;
                resume = n;
            } else if (g < glob.length() && glob.charAt(g) == name.charAt(n)) {
                g++;
                n++;
            } else if (star >= 0) {
                g = star + 1;
                n = ++resume;
            } else {
                return false;
            }
        }
        while (g < glob.length() && glob.charAt(g) == '*') {
            g++;
        }
        return g == glob.length();
    }

    @Override
    public String toString() {
        return all ? "[*]" : exact + List.of(globs).toString();
    }
}
