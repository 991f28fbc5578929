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
    private final ModelGlob[] globs;

    private ModelPatterns(boolean all, Set<String> exact, ModelGlob[] globs) {
        this.all = all;
        this.exact = exact;
        this.globs = globs;
    }

    /** Prepares the patterns; an empty list matches nothing. */
    public static ModelPatterns of(List<ModelGlob> patterns) {
        Set<String> exact = new HashSet<>();
        List<ModelGlob> globs = new ArrayList<>();
        boolean all = false;
        for (ModelGlob pattern : patterns) {
            String text = pattern.value();
            all |= pattern.equals(ModelGlob.ANY);
            if (text.indexOf('*') < 0) {
                exact.add(text);
            } else {
                globs.add(pattern);
            }
        }
        return new ModelPatterns(all, Set.copyOf(exact), globs.toArray(ModelGlob[]::new));
    }

    /** True when one of the patterns matches the whole name. */
    public boolean matches(ModelName model) {
        if (all || exact.contains(model.value())) {
            return true;
        }
        for (ModelGlob glob : globs) {
            if (glob.matches(model.value())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return all ? "[*]" : exact + List.of(globs).toString();
    }
}
