package io.llmgateway.imports;

import io.llmgateway.settings.Problem;
import io.llmgateway.settings.tree.Node;
import io.llmgateway.settings.tree.Place;
import io.llmgateway.settings.tree.Redacted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What an import has to tell, and the environment it may look into. Confined to one import. */
final class LiteLlmNotes {
    private static final String REFERENCE = "os.environ/";
    /** What people write where a key must stand and nobody asks for one. */
    private static final Set<String> PLACEHOLDERS = Set.of(
            "empty",
            "none",
            "null",
            "na",
            "n/a",
            "no-key",
            "no_key",
            "nokey",
            "not-needed",
            "not_needed",
            "notneeded",
            "not-required",
            "no-key-required",
            "sk-no-key-required",
            "dummy",
            "dummy-key",
            "sk-dummy",
            "fake",
            "fake-key",
            "my-fake-key",
            "sk-fake",
            "placeholder",
            "anything",
            "ignored",
            "unused",
            "ollama",
            "lm-studio",
            "vllm");

    private final String source;
    private final Map<String, String> environment;
    private final Map<String, String> section = new HashMap<>();
    private final Set<String> sectionUsed = new HashSet<>();
    private final Set<String> secretsTold = new HashSet<>();
    private final Set<String> taken = new HashSet<>();
    private final List<Problem> notes = new ArrayList<>();
    private final Map<String, String> inline = new HashMap<>();

    LiteLlmNotes(String source, Map<String, String> environment) {
        this.source = source;
        this.environment = environment;
    }

    void add(Place place, String path, String message) {
        notes.add(place.problem(path, message));
    }

    /** Tells something that belongs to no line. */
    void add(String message) {
        add(Place.of(source), "", message);
    }

    List<Problem> notes() {
        return notes;
    }

    /** True for the text of a reference to a variable. */
    static boolean isReference(String value) {
        return value.startsWith(REFERENCE);
    }

    /** The variable that a reference names. */
    static String referred(String value) {
        return value.substring(REFERENCE.length()).strip();
    }

    /** Takes in the section {@code environment_variables}, which LiteLLM puts into its environment. */
    void define(String name, String value) {
        section.put(name, value);
    }

    /** Every name that the file refers to: a name of our own must not be one of them. */
    void referredIn(Node node) {
        switch (node) {
            case Node.Scalar scalar when isReference(scalar.text()) -> taken.add(referred(scalar.text()));
            case Node.Mapping mapping -> mapping.entries().values().forEach(this::referredIn);
            case Node.Sequence sequence -> sequence.elements().forEach(this::referredIn);
            case Node.Scalar _, Node.Empty _ -> {}
        }
    }

    /** True when a variable of the section was needed. */
    boolean wasUsed(String name) {
        return sectionUsed.contains(name);
    }

    /** The name of the variable that holds a secret; one that stands in the file itself is never copied. */
    String variable(LiteLlmNode node, String key, String value, String ownName) {
        if (isReference(value)) {
            String name = referred(value);
            if (section.containsKey(name) && secretsTold.add(name)) {
                sectionUsed.add(name);
                node.note(
                        key,
                        "the secret stands in environment_variables." + name
                                + "; it is not copied: put it into the variable " + Redacted.reference(name));
            }
            return name;
        }
        String known = inline.get(value);
        String name = known == null ? free(ownName) : known;
        inline.put(value, name);
        node.note(key, "a secret stands in the file itself; it is not copied: put it into the variable " + name);
        return name;
    }

    private String free(String ownName) {
        int number = 1;
        while (!taken.add(ownName + "_" + number)) {
            number++;
        }
        return ownName + "_" + number;
    }

    /** What a variable holds, by the file's own section or the environment; empty when it is not set. */
    Optional<String> lookUp(String name) {
        String own = section.get(name);
        if (own != null) {
            sectionUsed.add(name);
        }
        String found = own == null ? environment.getOrDefault(name, "") : own;
        return found.isEmpty() || isReference(found) ? Optional.empty() : Optional.of(found);
    }

    /** A reference to a variable that the file's own section sets; empty when it does not. */
    Optional<String> defined(String name) {
        return section.containsKey(name) ? Optional.of(REFERENCE + name) : Optional.empty();
    }

    /** True for a key that is none, itself or behind its variable. */
    boolean isPlaceholder(String value) {
        String behind = isReference(value) ? lookUp(referred(value)).orElse("") : value;
        boolean crossed = !behind.isEmpty() && behind.chars().allMatch(c -> c == 'x' || c == 'X' || c == '*');
        return crossed || PLACEHOLDERS.contains(behind.toLowerCase(java.util.Locale.ROOT));
    }

    /** A value that is no secret; one from the environment is looked up, since it cannot stay a reference. */
    Optional<String> plain(LiteLlmNode node, String key, String value) {
        if (!isReference(value)) {
            return Optional.of(value);
        }
        String name = referred(value);
        Optional<String> found = lookUp(name);
        node.note(
                key,
                found.isEmpty()
                        ? "variable " + Redacted.reference(name) + " is not set: set it and import again"
                        : "the value that variable " + Redacted.reference(name) + " has now is written down");
        return found;
    }
}
