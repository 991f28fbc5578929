package io.llmgateway.settings.read;

import io.llmgateway.settings.tree.Node;
import io.llmgateway.settings.tree.Place;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Lays the environment and the command line over the tree of the file. A variable is known by the path of its setting:
 * {@code server.max-body} is {@code GATEWAY_SERVER_MAX_BODY}; the command line names any path, list elements as
 * {@code instances[0]}. Thread-safe.
 */
final class Overrides {
    static final String VARIABLE_PREFIX = "GATEWAY_";

    private Overrides() {}

    /** Whether a variable looks like ours. */
    static boolean hasVariables(Sources sources) {
        for (String variable : sources.environment().keySet()) {
            if (variable.startsWith(VARIABLE_PREFIX)) {
                return true;
            }
        }
        return false;
    }

    /** The tree with everything laid over it. */
    static Node.Mapping apply(Node.Mapping tree, Sources sources, Collection<String> knownPaths, LoadContext context) {
        Node.Mapping merged = tree;
        for (String path : knownPaths) {
            String variable = variableOf(path);
            String value = sources.environment().get(variable);
            if (value != null) {
                context.variableUsed(variable);
                Node.Scalar node = new Node.Scalar(Place.of("environment variable " + variable), value, true);
                merged = put(merged, path, node, context);
            }
        }
        for (Map.Entry<String, String> override : new TreeMap<>(sources.overrides()).entrySet()) {
            Node.Scalar node = new Node.Scalar(Place.of("command line"), override.getValue(), false);
            merged = put(merged, override.getKey(), node, context);
        }
        return merged;
    }

    /** Warns of variables that look like ours and were not used, when they are nearly the name of a setting. */
    static void reportUnused(Sources sources, Collection<String> knownPaths, LoadContext context) {
        List<String> known = knownPaths.stream().map(Overrides::variableOf).toList();
        for (String variable : new TreeMap<>(sources.environment()).keySet()) {
            boolean ours = variable.startsWith(VARIABLE_PREFIX)
                    && !context.variablesUsed().contains(variable);
            if (ours) {
                Spelling.nearest(variable, known)
                        .ifPresent(name -> context.warning(
                                Place.of("environment variable " + variable),
                                "",
                                "no setting is named so, did you mean " + name));
            }
        }
    }

    static String variableOf(String path) {
        return VARIABLE_PREFIX + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private static Node.Mapping put(Node.Mapping tree, String path, Node.Scalar value, LoadContext context) {
        List<String> steps = List.of(path.replace("[", ".").replace("]", "").split("\\.", -1));
        Node changed = steps.contains("") ? null : with(tree, steps, value);
        if (changed instanceof Node.Mapping mapping) {
            return mapping;
        }
        context.problem(value.place(), path, "leads to nothing that can be set");
        return tree;
    }

    /** The node with the value at the end of the steps; null when a step leads nowhere. */
    private static @Nullable Node with(@Nullable Node node, List<String> steps, Node.Scalar value) {
        if (steps.isEmpty()) {
            return value;
        }
        return switch (node) {
            case Node.Sequence sequence -> element(sequence, steps, value);
            case Node.Mapping mapping -> entry(mapping, steps, value);
            case Node.Scalar _ -> null;
            case Node.Empty _ -> entry(nothing(value), steps, value);
            case null -> entry(nothing(value), steps, value);
        };
    }

    private static Node.Mapping nothing(Node.Scalar value) {
        return new Node.Mapping(value.place(), Map.of(), Map.of());
    }

    private static @Nullable Node entry(Node.Mapping mapping, List<String> steps, Node.Scalar value) {
        String name = steps.getFirst();
        Node changed = with(mapping.entries().get(name), steps.subList(1, steps.size()), value);
        if (changed == null) {
            return null;
        }
        Map<String, Node> entries = new LinkedHashMap<>(mapping.entries());
        Map<String, Place> keyPlaces = new LinkedHashMap<>(mapping.keyPlaces());
        entries.put(name, changed);
        keyPlaces.putIfAbsent(name, value.place());
        return new Node.Mapping(mapping.place(), entries, keyPlaces);
    }

    private static @Nullable Node element(Node.Sequence sequence, List<String> steps, Node.Scalar value) {
        String step = steps.getFirst();
        boolean index = step.length() <= 6 && step.chars().allMatch(c -> c >= '0' && c <= '9');
        int at = index ? Integer.parseInt(step) : Integer.MAX_VALUE;
        if (at >= sequence.elements().size()) {
            return null;
        }
        Node changed = with(sequence.elements().get(at), steps.subList(1, steps.size()), value);
        if (changed == null) {
            return null;
        }
        List<Node> elements = new ArrayList<>(sequence.elements());
        elements.set(at, changed);
        return new Node.Sequence(sequence.place(), elements);
    }
}
