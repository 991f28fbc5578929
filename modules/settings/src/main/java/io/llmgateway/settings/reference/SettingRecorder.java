package io.llmgateway.settings.reference;

import io.llmgateway.settings.ByteSize;
import io.llmgateway.settings.MemorySettings;
import io.llmgateway.settings.Units;
import io.llmgateway.settings.reference.SettingSpec.Kind;
import io.llmgateway.settings.tree.YamlOut;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the readers asked for and got, written down while they read: the source of the reference, of the schema and of
 * the effective configuration. One that is off notes nothing and costs nothing. Confined to one load.
 */
public final class SettingRecorder {
    private static final Kind TEXT = new Kind.Text("text");
    private static final SettingRecorder OFF = new SettingRecorder("", "");

    private final String path;
    private final String name;
    private final Map<String, SettingRecorder> children = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private Form form = Form.PART;
    private @Nullable Kind leaf;
    private Map<?, String> words = Map.of();
    private boolean required;
    private @Nullable String fallback;
    private @Nullable String value;
    private String origin = "default";

    /** What a node is. */
    public enum Form {
        PART,
        NAMED,
        LIST,
        LEAF
    }

    private SettingRecorder(String path, String name) {
        this.path = path;
        this.name = name;
    }

    public static SettingRecorder root() {
        return new SettingRecorder("", "configuration");
    }

    public static SettingRecorder off() {
        return OFF;
    }

    private boolean isOff() {
        return this == OFF;
    }

    /** The node under a key. */
    public SettingRecorder under(String key) {
        if (isOff()) {
            return this;
        }
        String childPath = form == Form.LIST ? path + "[]" : path.isEmpty() ? key : path + "." + key;
        return children.computeIfAbsent(key, _ -> new SettingRecorder(childPath, key));
    }

    /** A node that nothing else sees: for what belongs to the value of a leaf. */
    public static SettingRecorder detached() {
        return OFF;
    }

    public void is(Form what) {
        if (!isOff()) {
            form = what;
        }
    }

    /** A single value; the first reader that knows more than that it is text decides about its kind. */
    public SettingRecorder leaf(Kind kind) {
        if (!isOff()) {
            form = Form.LEAF;
            if (leaf == null || leaf.equals(TEXT)) {
                leaf = kind;
            }
        }
        return this;
    }

    /** The words of a choice by what they stand for. */
    public void words(Map<?, String> meant) {
        if (!isOff()) {
            words = meant;
        }
    }

    /** What was written, ready to be written again, and where it came from. */
    public void written(String text, String from) {
        if (!isOff()) {
            value = text;
            origin = from;
        }
    }

    public void required() {
        if (!isOff()) {
            required = true;
        }
    }

    /** What a value must fulfil besides its kind. */
    public void note(String expectation) {
        if (!isOff() && expectation.contains("must ") && !notes.contains(expectation)) {
            notes.add(expectation);
        }
    }

    /** The value when nothing is written, in the form in which it could be written. */
    public void fallback(Object standard) {
        if (isOff() || fallback != null) {
            return;
        }
        fallback = switch (standard) {
            case Duration duration -> Units.format(duration);
            case Integer number when number == Integer.MAX_VALUE -> null;
            case Integer number -> number.toString();
            case Long number -> number.toString();
            case Double number ->
                BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
            case Boolean flag -> flag.toString();
            case ByteSize size -> size.toString();
            case ZoneId zone -> zone.getId();
            case MemorySettings.Budget budget -> budget.toString();
            case String text -> text.isEmpty() ? null : text;
            default -> words.get(standard);
        };
    }

    Form form() {
        return form;
    }

    String name() {
        return name;
    }

    Iterable<SettingRecorder> nodes() {
        return children.values();
    }

    /** What holds: what was written, else the fallback; empty when there is neither. */
    Optional<String> effective() {
        return Optional.ofNullable(value).or(() -> Optional.ofNullable(fallback).map(YamlOut::value));
    }

    /** Where what holds comes from; empty for what stands in the file. */
    String origin() {
        return value == null ? "default" : origin;
    }

    boolean isSecret() {
        return leaf instanceof Kind.Hidden;
    }

    /** The node for people, its meaning taken from the texts. */
    public SettingSpec described(SettingDescriptions meanings) {
        Kind kind = switch (form) {
            case LEAF -> leaf == null ? TEXT : leaf;
            case PART ->
                new Kind.Part(children.values().stream()
                        .map(child -> child.described(meanings))
                        .toList());
            case NAMED -> new Kind.Named(only().described(meanings));
            case LIST -> new Kind.Listed(only().described(meanings));
        };
        Optional<String> standard = Optional.ofNullable(fallback);
        return new SettingSpec(path, name, kind, required, standard, notes, meanings.of(path));
    }

    private SettingRecorder only() {
        if (children.size() != 1) {
            throw new IllegalStateException(path + " was not read");
        }
        return children.values().iterator().next();
    }
}
