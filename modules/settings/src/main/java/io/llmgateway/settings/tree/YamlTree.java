package io.llmgateway.settings.tree;

import io.llmgateway.settings.Problem;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Turns YAML text into {@link Node}s with their places. Only composes: no tag ever makes an object. Bounded in length,
 * depth, aliases and number of nodes, so that a hostile file costs little. Confined to one load.
 */
public final class YamlTree {
    private static final int MAX_CHARACTERS = 8 * 1024 * 1024;
    private static final int MAX_DEPTH = 24;
    private static final int MAX_ALIASES = 200;
    private static final int MAX_NODES = 200_000;

    private final String source;
    private final List<Problem> problems;
    private int nodes;
    private boolean tooLarge;

    private YamlTree(String source, List<Problem> problems) {
        this.source = source;
        this.problems = problems;
    }

    /** Reads the text; what is wrong with it goes to the problems. Null when nothing of it can be used. */
    public static Node.@Nullable Mapping read(String source, String text, List<Problem> problems) {
        return new YamlTree(source, problems).root(text);
    }

    private Node.@Nullable Mapping root(String text) {
        int before = problems.size();
        org.yaml.snakeyaml.nodes.Node composed = compose(text);
        if (composed == null) {
            return problems.size() > before ? null : nothing();
        }
        return switch (convert(composed, "", 0)) {
            // what is left of a tree without end says nothing more
            case Node _ when tooLarge -> null;
            case Node.Mapping mapping -> mapping;
            case Node.Empty _ -> nothing();
            case Node other -> {
                report(composed.getStartMark(), "", "the file must hold a mapping, was " + other.kind());
                yield null;
            }
        };
    }

    private Node.Mapping nothing() {
        return new Node.Mapping(new Place(source, 1, 1), Map.of(), Map.of());
    }

    private org.yaml.snakeyaml.nodes.@Nullable Node compose(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_CHARACTERS);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setAllowRecursiveKeys(false);
        try {
            Yaml yaml = new Yaml(new SafeConstructor(options));
            if (tooMany(yaml, text)) {
                problems.add(Place.of(source)
                        .problem("", "too large: a file may hold at most " + MAX_NODES + " values and keys"));
                return null;
            }
            return yaml.compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            report(e.getProblemMark(), "", "not valid YAML: " + e.getProblem());
        } catch (YAMLException e) {
            problems.add(Place.of(source).problem("", "not valid YAML: " + firstLine(e.getMessage())));
        }
        return null;
    }

    /** Counts before nodes are made of it, each of which takes many times its text. */
    private static boolean tooMany(Yaml yaml, String text) {
        if (text.length() <= MAX_NODES) {
            return false;
        }
        int count = 0;
        for (Event event : yaml.parse(new StringReader(text))) {
            boolean node = event instanceof NodeEvent;
            if (node && ++count > MAX_NODES) {
                return true;
            }
        }
        return false;
    }

    private Node convert(org.yaml.snakeyaml.nodes.Node node, String path, int depth) {
        Place place = place(node.getStartMark());
        nodes++;
        if (depth > MAX_DEPTH || nodes > MAX_NODES) {
            if (!tooLarge) {
                report(node.getStartMark(), path, "too deep or too large; does an alias hold itself");
            }
            tooLarge = true;
            return new Node.Empty(place);
        }
        return switch (node) {
            case MappingNode mapping -> mapping(mapping, path, depth);
            case SequenceNode sequence -> {
                List<Node> elements = new ArrayList<>();
                for (org.yaml.snakeyaml.nodes.Node element : sequence.getValue()) {
                    elements.add(convert(element, path + "[" + elements.size() + "]", depth + 1));
                }
                yield new Node.Sequence(place, elements);
            }
            case ScalarNode scalar when scalar.getTag().equals(Tag.NULL) -> new Node.Empty(place);
            case ScalarNode scalar -> new Node.Scalar(place, scalar.getValue(), false);
            default -> new Node.Empty(place);
        };
    }

    private Node.Mapping mapping(MappingNode mapping, String path, int depth) {
        Map<String, Node> entries = new LinkedHashMap<>();
        Map<String, Place> keyPlaces = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                report(tuple.getKeyNode().getStartMark(), path, "a key must be text");
                continue;
            }
            String name = key.getValue();
            String childPath = path.isEmpty() ? name : path + "." + name;
            if (keyPlaces.containsKey(name)) {
                int first = keyPlaces.get(name).line();
                report(key.getStartMark(), childPath, "duplicate key, first in line " + first);
                continue;
            }
            keyPlaces.put(name, place(key.getStartMark()));
            entries.put(name, convert(tuple.getValueNode(), childPath, depth + 1));
        }
        return new Node.Mapping(place(mapping.getStartMark()), entries, keyPlaces);
    }

    private void report(@Nullable Mark mark, String path, String message) {
        if (problems.size() < Problem.MAX_PROBLEMS) {
            problems.add(place(mark).problem(path, message));
        }
    }

    private Place place(@Nullable Mark mark) {
        return mark == null ? Place.of(source) : new Place(source, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "unreadable" : message.lines().findFirst().orElse("unreadable");
    }
}
