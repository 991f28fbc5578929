package io.llmgateway.settings.read;

import io.helidon.config.Config;
import io.llmgateway.settings.ByteSize;
import io.llmgateway.settings.Units;
import io.llmgateway.settings.reference.SettingRecorder;
import io.llmgateway.settings.reference.SettingSpec;
import io.llmgateway.settings.reference.SettingSpec.Kind;
import io.llmgateway.settings.tree.Node;
import io.llmgateway.settings.tree.Place;
import io.llmgateway.settings.tree.Redacted;
import io.llmgateway.settings.tree.YamlOut;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A cursor on one mapping of the merged configuration. Every method names one key, says what is expected there and
 * reports what is wrong; keys that no method named are reported at the end as unknown. Values come from Helidon
 * Config, places from the tree. Confined to one load.
 */
final class Section {
    private static final String SINGLE = "must be a single value, was ";

    private static final int MAX_UNKNOWN_KEYS = 100;

    private final LoadContext context;
    private final Config config;
    private final Node.Mapping mapping;
    private final String path;
    private final boolean fixed;
    private final SettingRecorder shape;
    private final Set<String> seen = new LinkedHashSet<>();

    private Section(
            LoadContext context,
            Config config,
            Node.Mapping mapping,
            String path,
            boolean fixed,
            SettingRecorder shape) {
        this.context = context;
        this.config = config;
        this.mapping = mapping;
        this.path = path;
        this.fixed = fixed;
        this.shape = shape;
        context.opened(this);
    }

    static Section root(LoadContext context, Config config, Node.Mapping tree) {
        return new Section(context, config, tree, "", true, context.shape());
    }

    LoadContext context() {
        return context;
    }

    /** The keys that are there, in the order of the file; all of them are names of the user's choice. */
    Set<String> names() {
        shape.is(SettingRecorder.Form.NAMED);
        return context.probing() ? Set.of(SettingSpec.ANY) : mapping.keyPlaces().keySet();
    }

    /** The keys of the mapping under a key that was read before; empty when there is no mapping. */
    Set<String> namesUnder(String key) {
        return mapping.entries().get(key) instanceof Node.Mapping child
                ? child.keyPlaces().keySet()
                : Set.of();
    }

    Value<String> text(String key) {
        return parsed(key, "text", Function.identity());
    }

    Value<Boolean> flag(String key) {
        return parsed(key, new Kind.Flag(), text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        });
    }

    /** A whole number, {@code k} and {@code m} understood, within a range that includes its ends. */
    Value<Integer> integer(String key, int min, int max) {
        return parsed(key, new Kind.Count(min, max), text -> {
            long count = Units.count(text);
            if (count < min || count > max) {
                throw new IllegalArgumentException("must be " + min + " to " + max);
            }
            return (int) count;
        });
    }

    Value<Duration> duration(String key, Duration min, Duration max) {
        return parsed(key, new Kind.Span(min, max), text -> {
            Duration duration = Units.duration(text);
            if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
                throw new IllegalArgumentException("must be " + Units.format(min) + " to " + Units.format(max));
            }
            return duration;
        });
    }

    Value<ByteSize> size(String key, ByteSize min, ByteSize max) {
        return parsed(key, new Kind.Size(min, max), text -> {
            ByteSize size = Units.size(text);
            if (size.bytes() < min.bytes() || size.bytes() > max.bytes()) {
                throw new IllegalArgumentException("must be " + min + " to " + max);
            }
            return size;
        });
    }

    /** One of a few words. */
    <T> Value<T> choice(String key, Map<String, T> choices) {
        Map<T, String> meant = new HashMap<>();
        choices.forEach((word, meaning) -> meant.put(meaning, word));
        shape.under(key).words(meant);
        return parsed(key, new Kind.Choice(List.copyOf(choices.keySet())), text -> {
            T choice = choices.get(text);
            if (choice == null) {
                throw new IllegalArgumentException("must be one of: " + String.join(", ", choices.keySet()));
            }
            return choice;
        });
    }

    /** A single value in a format that has a name; the parser as below. */
    <T> Value<T> parsed(String key, String format, Function<String, T> parser) {
        return parsed(key, new Kind.Text(format), parser);
    }

    /** A single value; the parser throws {@link IllegalArgumentException} with what it expected. */
    <T> Value<T> parsed(String key, Kind kind, Function<String, T> parser) {
        seen.add(key);
        SettingRecorder leaf = shape.under(key).leaf(kind);
        if (fixed) {
            context.fixedPath(pathOf(key));
        }
        Node node = mapping.entries().get(key);
        if (node == null) {
            return new Value<>(this, key, null, false, leaf);
        }
        if (node instanceof Node.Scalar scalar) {
            leaf.written(YamlOut.value(scalar.text()), scalar.place().origin());
        }
        return new Value<>(
                this, key, parse(config.get(Config.Key.escapeName(key)), node, pathOf(key), parser), true, leaf);
    }

    /** A credential: {@code {env: NAME}}, {@code {file: PATH}}, or the text itself with a warning. */
    Value<String> secret(String key) {
        if (mapping.entries().get(key) instanceof Node.Scalar scalar && !scalar.external()) {
            warningAt(key, "a secret stands in the configuration itself, better {env: NAME} or {file: PATH}");
        }
        return referenced(key);
    }

    /** As {@link #secret}, for values that are often no secrets. */
    Value<String> referenced(String key) {
        seen.add(key);
        if (fixed) {
            context.fixedPath(pathOf(key));
        }
        SettingRecorder leaf = shape.under(key).leaf(new Kind.Hidden());
        Node node = mapping.entries().get(key);
        if (node != null) {
            leaf.written(SecretReader.reference(node), node.place().origin());
        }
        String value = node == null ? null : SecretReader.read(this, key, node);
        return new Value<>(this, key, value, node != null, leaf);
    }

    /** The mapping under the key; an empty one when it is absent, empty or not a mapping. */
    Section section(String key) {
        seen.add(key);
        return child(key, mapping.entries().get(key), fixed, shape.under(key));
    }

    /** The mappings under the key, by name, in the order of the file. */
    Map<String, Section> named(String key) {
        Section parent = section(key);
        Map<String, Section> sections = new LinkedHashMap<>();
        for (String name : parent.names()) {
            parent.seen.add(name);
            sections.put(name, parent.child(name, parent.mapping.entries().get(name), false, parent.shape.under(name)));
        }
        return sections;
    }

    /** The list of mappings under the key; empty when it is absent. */
    List<Section> sections(String key) {
        List<Section> sections = new ArrayList<>();
        SettingRecorder list = shape.under(key);
        list.is(SettingRecorder.Form.LIST);
        if (context.probing()) {
            sections.add(child(key, null, false, list.under(SettingSpec.ANY)));
        }
        for (Element element : elements(key)) {
            if (element.node() instanceof Node.Mapping entry) {
                SettingRecorder each = list.under(Integer.toString(sections.size()));
                sections.add(new Section(context, element.config(), entry, element.path(), false, each));
            } else {
                context.problem(
                        element.node().place(),
                        element.path(),
                        "must be a mapping, was " + element.node().kind());
            }
        }
        return sections;
    }

    /** The list of single values under the key, the broken ones reported and left out; empty when it is absent. */
    <T> List<Item<T>> items(String key, Kind kind, Function<String, T> parser) {
        List<Item<T>> items = new ArrayList<>();
        SettingRecorder list = shape.under(key);
        list.is(SettingRecorder.Form.LIST);
        if (context.probing()) {
            list.under(SettingSpec.ANY).leaf(kind);
        }
        for (Element element : elements(key)) {
            if (element.node() instanceof Node.Scalar scalar) {
                SettingRecorder each =
                        list.under(Integer.toString(items.size())).leaf(kind);
                each.written(YamlOut.value(scalar.text()), scalar.place().origin());
            }
            T value = parse(element.config(), element.node(), element.path(), parser);
            if (value != null) {
                items.add(new Item<>(value, element.node().place(), element.path()));
            }
        }
        return items;
    }

    /** Notes what holds under the key although nothing is written there. */
    void derived(String key, String value) {
        shape.under(key).leaf(new Kind.Text("text")).fallback(value);
    }

    /** As {@link #derived}, for a list. */
    void derivedItems(String key, String... values) {
        SettingRecorder list = shape.under(key);
        list.is(SettingRecorder.Form.LIST);
        for (String value : values) {
            list.under(value).leaf(new Kind.Text("text")).fallback(value);
        }
    }

    /** True when a list is under the key, even an empty one. */
    boolean isList(String key) {
        return mapping.entries().get(key) instanceof Node.Sequence;
    }

    boolean isEmptyList(String key) {
        return mapping.entries().get(key) instanceof Node.Sequence list
                && list.elements().isEmpty();
    }

    /** True when the key is there, whatever is under it. */
    boolean has(String key) {
        return context.probing() || mapping.entries().containsKey(key);
    }

    /** Reports a problem with the value under the key, at the key itself when there is one. */
    void problemAt(String key, String message) {
        Node node = mapping.entries().get(key);
        context.problem(node == null ? mapping.place() : node.place(), pathOf(key), message);
    }

    /** Warns of the value under the key. */
    void warningAt(String key, String message) {
        Node node = mapping.entries().get(key);
        context.warning(node == null ? mapping.place() : node.place(), pathOf(key), message);
    }

    /** Reports a problem with the key itself. */
    void problemWithKey(String key, String message) {
        Place place = mapping.keyPlaces().get(key);
        context.problem(place == null ? mapping.place() : place, pathOf(key), message);
    }

    /** Warns of the key itself. */
    void warningWithKey(String key, String message) {
        Place place = mapping.keyPlaces().get(key);
        context.warning(place == null ? mapping.place() : place, pathOf(key), message);
    }

    /** Reports that something is missing here. */
    void problemHere(String key, String message) {
        context.problem(mapping.place(), pathOf(key), message);
    }

    /** Reports a problem with this section as a whole. */
    void problem(String message) {
        context.problem(mapping.place(), path, message);
    }

    String pathOf(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** The section that is the value of a setting. */
    Section inside(String key, Node node) {
        return child(key, node, false, SettingRecorder.detached());
    }

    private Section child(String key, @Nullable Node node, boolean fixedChild, SettingRecorder childShape) {
        Config childConfig = config.get(Config.Key.escapeName(key.isEmpty() ? "?" : key));
        String childPath = pathOf(key);
        if (node instanceof Node.Mapping child) {
            return new Section(context, childConfig, child, childPath, fixedChild, childShape);
        }
        Place place = node == null ? mapping.place() : node.place();
        if (node != null && !(node instanceof Node.Empty)) {
            context.problem(place, childPath, "must be a mapping, was " + node.kind());
        }
        Node.Mapping nothing = new Node.Mapping(place, Map.of(), Map.of());
        return new Section(context, childConfig, nothing, childPath, fixedChild, childShape);
    }

    void reportUnknownKeys() {
        int unknown = 0;
        for (Map.Entry<String, Place> key : mapping.keyPlaces().entrySet()) {
            if (!seen.contains(key.getKey())) {
                unknown++;
                if (unknown <= MAX_UNKNOWN_KEYS) {
                    String hint = Spelling.hint(key.getKey(), seen);
                    context.problem(key.getValue(), pathOf(key.getKey()), "unknown key" + hint);
                }
            }
        }
        if (unknown > MAX_UNKNOWN_KEYS) {
            problem((unknown - MAX_UNKNOWN_KEYS) + " more unknown keys");
        }
    }

    private List<Element> elements(String key) {
        seen.add(key);
        Node node = mapping.entries().get(key);
        if (node == null || node instanceof Node.Empty) {
            return List.of();
        }
        if (!(node instanceof Node.Sequence sequence)) {
            context.problem(node.place(), pathOf(key), "must be a list, was " + node.kind());
            return List.of();
        }
        List<Element> elements = new ArrayList<>();
        Config list = config.get(Config.Key.escapeName(key));
        for (int i = 0; i < sequence.elements().size(); i++) {
            Config element = list.get(Integer.toString(i));
            elements.add(new Element(sequence.elements().get(i), element, pathOf(key) + "[" + i + "]"));
        }
        return elements;
    }

    private <T> @Nullable T parse(Config at, Node node, String where, Function<String, T> parser) {
        switch (node) {
            case Node.Scalar scalar -> {
                String text = at.asString().orElse(scalar.text());
                try {
                    if (text.isEmpty()) {
                        throw new IllegalArgumentException("must not be empty");
                    }
                    return parser.apply(text);
                } catch (IllegalArgumentException | ArithmeticException e) {
                    String was = text.isEmpty() ? "" : ", was " + Redacted.of(text);
                    String hint = e instanceof WrongNameException wrong ? wrong.hint() : "";
                    context.problem(scalar.place(), where, e.getMessage() + was + hint);
                }
            }
            case Node.Empty empty -> context.problem(empty.place(), where, "must have a value");
            case Node.Mapping other -> context.problem(other.place(), where, SINGLE + other.kind());
            case Node.Sequence other -> context.problem(other.place(), where, SINGLE + other.kind());
        }
        return null;
    }

    /** One element of a list. */
    private record Element(Node node, Config config, String path) {}

    /** A value out of a list, and where it stands. */
    record Item<T>(T value, Place place, String path) {}
}
