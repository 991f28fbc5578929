package io.llmgateway.imports;

import io.llmgateway.settings.Problem;
import io.llmgateway.settings.tree.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Notes about many keys: each is told once, with whom it is about. Confined to one import. */
final class LiteLlmTally {
    private static final int MOST_NAMED = 5;
    private static final int LONGEST_NAME = 100;

    private final Map<String, List<String>> names = new LinkedHashMap<>();

    void add(String what, String name) {
        names.computeIfAbsent(what, _ -> new ArrayList<>()).add(name.isBlank() ? "a key without a name" : name);
    }

    List<Problem> notes(String source) {
        return names.entrySet().stream()
                .map(entry -> Place.of(source).problem("", text(entry.getKey(), entry.getValue())))
                .toList();
    }

    private static String text(String what, List<String> about) {
        List<String> named = about.stream().distinct().limit(MOST_NAMED).toList();
        int more = about.size() - named.size();
        return String.join(", ", named) + (more > 0 ? " and " + more + " more: each " : ": ") + what;
    }

    /** The wanted name in a form that is possible here, with a number behind it when another has it. */
    static String free(String wanted, Set<String> taken) {
        StringBuilder possible = new StringBuilder();
        wanted.strip()
                .codePoints()
                .limit(LONGEST_NAME)
                .forEach(c -> possible.append(c > ' ' && c < 127 && c != '"' && c != '\\' ? (char) c : '-'));
        String base = possible.isEmpty() ? "unnamed" : possible.toString();
        String name = base;
        for (int number = 2; !taken.add(name); number++) {
            name = base + "-" + number;
        }
        return name;
    }
}
