package io.llmgateway.settings.read;

import io.llmgateway.model.Secret;
import io.llmgateway.settings.BaseUrl;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.KeyDigest;
import io.llmgateway.settings.Limit;
import io.llmgateway.settings.MemorySettings;
import io.llmgateway.settings.MetricsSettings;
import io.llmgateway.settings.PriceList;
import io.llmgateway.settings.RoutingSettings;
import io.llmgateway.settings.Units;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
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
    /**
     * Components that are called otherwise in a configuration, by the names of the record and the component. Nothing:
     * what is in them stands in the section around them; at the end a hyphen: it begins the names of what is in them.
     */
    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("GatewaySettings.genAi", "gen-ai-conventions"),
            Map.entry("ServerSettings.timeouts", ""),
            Map.entry("ClientTimeouts.header", "header-timeout"),
            Map.entry("ClientTimeouts.body", "body-timeout"),
            Map.entry("ClientTimeouts.writeTimeout", "write-timeout"),
            Map.entry("ClientTimeouts.idle", "idle-timeout"),
            Map.entry("TlsListening.identity", ""),
            Map.entry("TlsListening.clientRequired", "client-auth"),
            Map.entry("TlsListening.content", "certificate (content)"),
            Map.entry("TlsTrust.identity", "client-"),
            Map.entry("TlsTrust.version", "content"),
            Map.entry("UsageSettings.zone", "time-zone"),
            Map.entry("KeySettings.digest", "key"),
            Map.entry("LimitSet.limits", ""),
            Map.entry("ForModels.limits", ""),
            Map.entry("StaticHeader.value", ""),
            Map.entry("ProviderSettings.selection", ""),
            Map.entry("ProviderSettings.choices", "choices.max"),
            Map.entry("SelectionSettings.policy", "balancing.policy"),
            Map.entry("SelectionSettings.whenAllUnhealthy", "balancing.when-all-unhealthy"),
            Map.entry("SelectionSettings.queue", "balancing"),
            Map.entry("RoutingSettings.aliases", "models"),
            Map.entry("Alias.options", ""),
            Map.entry("RouteOptions.firstToken", "timeouts.first-token"),
            Map.entry("RouteOptions.idle", "timeouts.idle"),
            Map.entry("RouteOptions.total", "timeouts.total"),
            Map.entry("MetricsSettings.families", "model-families"));
    /** Records that are one value to whoever writes them. */
    private static final Set<Class<?>> VALUES =
            Set.of(PriceList.class, KeyDigest.class, BaseUrl.class, MemorySettings.Budget.class);

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
        switch (value) {
            case Optional<?> optional -> optional.ifPresent(present -> add(path, present, leaves));
            case List<?> list -> elements(path, list, leaves);
            case Map<?, ?> map -> map.forEach((key, each) -> add(path + '.' + key, each, leaves));
            case Record leaf when !isNode(leaf) -> leaves.put(path, leaf);
            case Record record when path.endsWith("-") -> components(path, record, leaves);
            case Record record -> {
                leaves.put(path, "");
                components(path + '.', record, leaves);
            }
            default -> leaves.put(path, value);
        }
    }

    /** A record of one component is a value with a type of its own. */
    private static boolean isNode(Record record) {
        return !VALUES.contains(record.getClass()) && record.getClass().getRecordComponents().length > 1;
    }

    private static void components(String prefix, Record record, Map<String, Object> leaves) {
        String type = record.getClass().getSimpleName();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            String called = SETTINGS.getOrDefault(type + '.' + component.getName(), kebab(component.getName()));
            String path = called.isEmpty() ? prefix.substring(0, Math.max(0, prefix.length() - 1)) : prefix + called;
            // which kind of hash a key has says nothing that its digest does not say
            if (!"KeySettings.peppered".equals(type + '.' + component.getName())) {
                add(path, value(record, component), leaves);
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
                case Limit limit
                when limit.measure() == Limit.Measure.MONEY -> leaves.put(path + ".budget", budget(limit));
                case Limit limit -> leaves.put(path + '.' + limit.name(), limit.amount());
                case MetricsSettings.Family family ->
                    leaves.put(path + '.' + family.pattern().value(), family.name());
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

    private static String budget(Limit limit) {
        String amount =
                BigDecimal.valueOf(limit.amount(), 9).stripTrailingZeros().toPlainString();
        return amount + " USD per " + limit.window().wire();
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
