package io.llmgateway.imports;

import io.llmgateway.settings.tree.Node;
import io.llmgateway.settings.tree.Place;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of a LiteLLM configuration that knows which of its keys were used, so that the others can be told. Confined
 * to one import.
 */
final class LiteLlmNode {
    private final Node.Mapping mapping;
    private final String path;
    private final LiteLlmNotes notes;
    private final Set<String> used = new LinkedHashSet<>();
    private final List<LiteLlmNode> children = new ArrayList<>();
    private @Nullable LiteLlmNode behind;

    LiteLlmNode(Node.Mapping mapping, String path, LiteLlmNotes notes) {
        this.mapping = mapping;
        this.path = path;
        this.notes = notes;
    }

    /** Tells something about a key. */
    void note(String key, String message) {
        Place place = mapping.keyPlaces().getOrDefault(key, mapping.place());
        notes.add(place, path.isEmpty() ? key : key.isEmpty() ? path : path + "." + key, message);
    }

    String path() {
        return path;
    }

    Set<String> keys() {
        return mapping.keyPlaces().keySet();
    }

    /** Texts that this mapping does not have are taken from another one. */
    void standsBefore(LiteLlmNode other) {
        behind = other;
    }

    Optional<String> text(String key) {
        used.add(key);
        if (mapping.entries().get(key) instanceof Node.Scalar scalar) {
            return Optional.of(scalar.text());
        }
        return behind == null ? Optional.empty() : behind.text(key);
    }

    /** A text that is no secret; one from the environment is looked up, and empty with a note when it is not set. */
    Optional<String> plain(String key) {
        return text(key).flatMap(value -> notes.plain(this, key, value));
    }

    /** A number that is not negative; empty, with a note, when it is none. */
    Optional<Double> number(String key) {
        Optional<String> text = plain(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            double number = Double.parseDouble(text.get());
            if (number >= 0 && number < Long.MAX_VALUE) {
                return Optional.of(number);
            }
        } catch (NumberFormatException _) {
            // told below
        }
        note(key, "is no number that can be used, left out");
        return Optional.empty();
    }

    boolean flag(String key) {
        return plain(key).filter(text -> text.equalsIgnoreCase("true")).isPresent();
    }

    /** The mapping under a key; an empty one when there is none. */
    LiteLlmNode under(String key) {
        used.add(key);
        Node.Mapping found = mapping.entries().get(key) instanceof Node.Mapping child
                ? child
                : new Node.Mapping(mapping.place(), Map.of(), Map.of());
        return child(found, path.isEmpty() ? key : path + "." + key);
    }

    /** The mappings of a list. */
    List<LiteLlmNode> list(String key) {
        used.add(key);
        List<LiteLlmNode> list = new ArrayList<>();
        if (mapping.entries().get(key) instanceof Node.Sequence sequence) {
            int index = 0;
            for (Node element : sequence.elements()) {
                if (element instanceof Node.Mapping each) {
                    list.add(child(each, (path.isEmpty() ? key : path + "." + key) + "[" + index + "]"));
                }
                index++;
            }
        }
        return list;
    }

    /** The texts of a list, or the one text that stands instead. */
    List<String> texts(String key) {
        used.add(key);
        return switch (mapping.entries().get(key)) {
            case Node.Sequence sequence ->
                sequence.elements().stream()
                        .filter(Node.Scalar.class::isInstance)
                        .map(element -> ((Node.Scalar) element).text())
                        .toList();
            case Node.Scalar scalar -> List.of(scalar.text());
            case Node.Mapping _, Node.Empty _ -> List.of();
            case null -> List.of();
        };
    }

    /** Takes keys as used that mean nothing here. */
    void ignore(String... keys) {
        used.addAll(List.of(keys));
    }

    /** Takes everything as used, since what it belongs to is left out as a whole. */
    void ignoreAll() {
        used.addAll(keys());
        children.forEach(LiteLlmNode::ignoreAll);
    }

    /** Tells of every key that nobody used. */
    void reportUnused() {
        for (String key : mapping.keyPlaces().keySet()) {
            if (!used.contains(key)) {
                note(key, LiteLlmLeftOut.reason(path, key));
            }
        }
        children.forEach(LiteLlmNode::reportUnused);
    }

    private LiteLlmNode child(Node.Mapping child, String childPath) {
        LiteLlmNode node = new LiteLlmNode(child, childPath, notes);
        children.add(node);
        return node;
    }
}
