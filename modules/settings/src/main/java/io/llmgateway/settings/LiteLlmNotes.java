package io.llmgateway.settings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What an import has to tell, and the environment it may look into. Confined to one import. */
final class LiteLlmNotes {
    private static final String REFERENCE = "os.environ/";

    private final String source;
    private final Map<String, String> environment;
    private final List<Problem> notes = new ArrayList<>();
    private final Set<String> variables = new TreeSet<>();
    private final Map<String, String> inline = new HashMap<>();

    LiteLlmNotes(String source, Map<String, String> environment) {
        this.source = source;
        this.environment = environment;
    }

    void add(Place place, String path, String message) {
        notes.add(Problem.at(place, path, message));
    }

    /** Tells something that belongs to no line. */
    void add(String message) {
        add(Place.of(source), "", message);
    }

    List<Problem> notes() {
        return notes;
    }

    /** The variables that the result reads. */
    Set<String> variables() {
        return variables;
    }

    /** The name of the variable that holds a secret; one that stands in the file itself is never copied. */
    String variable(LiteLlmNode node, String key, String value, String ownName) {
        boolean reference = value.startsWith(REFERENCE);
        String name = reference ? value.substring(REFERENCE.length()) : inline.get(value);
        if (name == null) {
            name = ownName + "_" + (inline.size() + 1);
            inline.put(value, name);
        }
        if (!reference) {
            node.note(key, "a secret stands in the file itself; it is not copied: put it into the variable " + name);
        }
        variables.add(name);
        return name;
    }

    /** A value that is no secret; one from the environment is looked up, since it cannot stay a reference. */
    String plain(LiteLlmNode node, String key, String value) {
        if (!value.startsWith(REFERENCE)) {
            return value;
        }
        String name = value.substring(REFERENCE.length());
        String found = environment.getOrDefault(name, "");
        node.note(
                key,
                found.isEmpty()
                        ? "variable " + Shown.reference(name) + " is not set: set it and import again"
                        : "the value that variable " + Shown.reference(name) + " has now is written down");
        return found;
    }
}
