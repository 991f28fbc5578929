package io.llmgateway.auth;

import java.util.ArrayList;
import java.util.List;

/**
 * A compiled pattern of model names, in which {@code *} stands for any run of characters; case matters. Takes time
 * proportional to the name, whatever the pattern. Immutable, thread-safe.
 */
final class ModelPattern {
    private final List<String> parts = new ArrayList<>();

    ModelPattern(String glob) {
        int from = 0;
        int star = glob.indexOf('*');
        while (star >= 0) {
            parts.add(glob.substring(from, star));
            from = star + 1;
            star = glob.indexOf('*', from);
        }
        parts.add(glob.substring(from));
    }

    boolean matches(String name) {
        String first = parts.getFirst();
        String last = parts.getLast();
        if (parts.size() == 1) {
            return name.equals(first);
        }
        if (name.length() < first.length() + last.length() || !name.startsWith(first) || !name.endsWith(last)) {
            return false;
        }
        int at = first.length();
        int end = name.length() - last.length();
        for (int i = 1; i < parts.size() - 1; i++) {
            String part = parts.get(i);
            int found = name.indexOf(part, at);
            if (found < 0 || found + part.length() > end) {
                return false;
            }
            at = found + part.length();
        }
        return true;
    }
}
