package io.llmgateway.settings;

import io.llmgateway.model.Secret;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is different between two settings, for people: one line for each setting that was added, removed or changed.
 * Secrets are compared and never shown. Works on the records themselves, so that a new setting is never forgotten.
 * Stateless.
 */
public final class SettingsDiff {
    private static final int MOST_SHOWN = 60;
    /** What a deeper change of these is told as: their name alone. */
    private static final Set<String> SHOWN_BY_NAME = Set.of("prices", "digest");

    private static final Set<String> NAMES = Set.of("name", "pattern");

    private SettingsDiff() {}

    /**
     * One difference.
     *
     * @param path where, such as {@code keys.search-team.expires}
     * @param text what, such as {@code changed from 1 to 2}
     */
    public record Difference(String path, String text) {
        @Override
        public String toString() {
            return path + ' ' + text;
        }
    }

    /** The differences, in the order of the settings; empty when there is none. */
    public static List<Difference> between(GatewaySettings before, GatewaySettings after) {
        Map<String, Object> old = flat(before);
        Map<String, Object> now = flat(after);
        Set<String> paths = new LinkedHashSet<>(now.keySet());
        paths.addAll(old.keySet());
        List<Difference> differences = new ArrayList<>();
        String told = null;
        for (String path : paths) {
            Object was = old.get(path);
            Object is = now.get(path);
            // what is inside something that came or went as a whole says nothing more
            boolean inside = told != null && path.startsWith(told);
            if (!inside && was == null) {
                differences.add(new Difference(path, "added"));
                told = path + '.';
            } else if (!inside && is == null) {
                differences.add(new Difference(path, "removed"));
                told = path + '.';
            } else if (was != null && is != null && !was.equals(is)) {
                differences.add(new Difference(path, changed(was, is)));
            }
        }
        return List.copyOf(differences);
    }

    private static String changed(Object was, Object is) {
        if (was instanceof Secret || is instanceof Secret) {
            return "changed (secret)";
        }
        String before = shown(was);
        String after = shown(is);
        return before.equals(after) ? "changed" : "changed from " + before + " to " + after;
    }

    private static String shown(Object value) {
        String text = switch (value) {
            case Duration duration -> Units.format(duration);
            case PriceList prices -> prices.version();
            case KeyDigest _ -> "another key";
            case Enum<?> word -> word.name().toLowerCase(Locale.ROOT).replace('_', '-');
            default -> value.toString();
        };
        return text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "..." : text;
    }

    private static Map<String, Object> flat(GatewaySettings settings) {
        Map<String, Object> leaves = new LinkedHashMap<>();
        components("", settings, leaves);
        return leaves;
    }

    private static void add(String path, Object value, Map<String, Object> leaves) {
        String name = path.substring(path.lastIndexOf('.') + 1);
        switch (value) {
            case Optional<?> optional -> optional.ifPresent(present -> add(path, present, leaves));
            case List<?> list -> elements(path, list, leaves);
            case Map<?, ?> map -> map.forEach((key, each) -> add(path + '.' + key, each, leaves));
            case Record _ when SHOWN_BY_NAME.contains(name) -> leaves.put(path, value);
            case Record leaf when !isNode(leaf) -> leaves.put(path, leaf);
            case Record record -> {
                leaves.put(path, "");
                components(path + '.', record, leaves);
            }
            default -> leaves.put(path, value);
        }
    }

    /** A record of one component is a value with a type of its own. */
    private static boolean isNode(Record record) {
        return record.getClass().getRecordComponents().length > 1;
    }

    private static void components(String prefix, Record record, Map<String, Object> leaves) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            String name = kebab(component.getName());
            if (!"version".equals(name)) {
                add(prefix + name, value(record, component), leaves);
            } else {
                leaves.put(prefix + "content", value(record, component));
            }
        }
    }

    private static Object value(Record record, RecordComponent component) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a component of the settings cannot be read: " + component, e);
        }
    }

    private static void elements(String path, List<?> list, Map<String, Object> leaves) {
        List<String> plain = new ArrayList<>();
        for (Object element : list) {
            switch (element) {
                case Limit limit -> leaves.put(path + '.' + limit.name(), limit.amount());
                case RoutingSettings.Rule rule -> leaves.put(path + '.' + rule.pattern(), rule.provider());
                case RoutingSettings.Target to ->
                    leaves.put(path + '.' + to.provider() + '/' + to.model(), to.weight());
                case Record record when name(record) != null -> add(path + '.' + name(record), record, leaves);
                default -> plain.add(String.valueOf(element));
            }
        }
        if (!plain.isEmpty()) {
            leaves.put(path, String.join(", ", plain));
        }
    }

    /** What an element of a list is known by: its first component, when that is a name. */
    private static @Nullable String name(Record record) {
        RecordComponent first = record.getClass().getRecordComponents()[0];
        boolean named = NAMES.contains(first.getName());
        return named && isNode(record) ? String.valueOf(value(record, first)) : null;
    }

    private static String kebab(String name) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isUpperCase(c)) {
                text.append('-').append(Character.toLowerCase(c));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
