package io.llmgateway.settings.read;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.ModelName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.KeySettings;
import io.llmgateway.settings.ModelGlob;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.settings.ProviderType;
import io.llmgateway.settings.RetrySettings;
import io.llmgateway.settings.RouteOptions;
import io.llmgateway.settings.RoutingSettings;
import io.llmgateway.settings.RoutingSettings.Alias;
import io.llmgateway.settings.RoutingSettings.Rule;
import io.llmgateway.settings.RoutingSettings.Target;
import io.llmgateway.settings.reference.SettingSpec.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the section {@code routing}: rules, default provider, aliases, and whether all references lead somewhere.
 * Confined to one load.
 */
final class RoutingReader {
    /** How the names of each type's own models start; the rules when none are configured. */
    private static final Map<ProviderType, List<String>> WELL_KNOWN = Map.of(
            ProviderType.OPENAI, List.of("gpt-", "o1*", "o3*", "o4*", "chatgpt-"),
            ProviderType.ANTHROPIC, List.of("claude-"),
            ProviderType.GEMINI, List.of("gemini-"));

    private final Set<String> providerNames;
    private final List<ProviderSettings> providers;
    private final List<KeySettings> keys;
    private final Map<String, List<Section.Item<ModelName>>> fallbacks = new LinkedHashMap<>();

    private RoutingReader(Set<String> providerNames, List<ProviderSettings> providers, List<KeySettings> keys) {
        this.keys = keys;
        this.providerNames = providerNames;
        this.providers = providers;
    }

    /**
     * Reads the section.
     *
     * @param providerNames every provider that was written, even a broken one
     * @param providers the good ones
     * @param keys whose models the rules are for
     */
    static RoutingSettings read(
            Section routing, Set<String> providerNames, List<ProviderSettings> providers, List<KeySettings> keys) {
        return new RoutingReader(providerNames, providers, keys).routing(routing);
    }

    private RoutingSettings routing(Section routing) {
        Section section = routing.section("rules");
        Map<String, Rule> written = routing.has("rules") ? rules(section) : Map.of();
        List<Rule> rules = routing.has("rules") ? List.copyOf(written.values()) : wellKnownRules(section);
        Optional<ProviderName> defaultProvider =
                reference(routing, "default-provider").optional().or(this::onlyProvider);
        defaultProvider.ifPresent(name -> routing.derived("default-provider", name.value()));
        List<Alias> aliases = new ArrayList<>();
        routing.named("models").forEach((name, each) -> {
            Alias alias = alias(name, each);
            if (alias != null) {
                aliases.add(alias);
            }
        });
        new RuleCheck(section, aliases, keys).warn(written);
        checkFallbacks(routing.context(), rules, defaultProvider.isPresent());
        return new RoutingSettings(rules, defaultProvider, aliases);
    }

    private Optional<ProviderName> onlyProvider() {
        return providers.size() == 1 && providerNames.size() == 1
                ? Optional.of(providers.getFirst().name())
                : Optional.empty();
    }

    /** The rules by what is written. */
    private Map<String, Rule> rules(Section section) {
        Map<String, Rule> rules = new LinkedHashMap<>();
        Map<String, String> written = new HashMap<>();
        for (String pattern : section.names()) {
            ProviderName provider = reference(section, pattern).required();
            try {
                ModelGlob glob = new ModelGlob(pattern);
                Rule rule = rule(glob.value(), provider == null ? new ProviderName("unknown") : provider);
                String same = written.putIfAbsent(rule.pattern(), pattern);
                if (same != null) {
                    section.problemWithKey(pattern, "is the same rule as '" + same + "'");
                }
                rules.put(pattern, rule);
            } catch (IllegalArgumentException e) {
                section.problemWithKey(pattern, "the pattern " + e.getMessage());
            }
        }
        return rules;
    }

    private static Rule rule(String pattern, ProviderName provider) {
        boolean star = pattern.endsWith("*");
        String text = star ? pattern.substring(0, pattern.length() - 1) : pattern;
        if (text.indexOf('*') >= 0) {
            throw new IllegalArgumentException("may have a * at its end only");
        }
        return new Rule(text, star || ModelGlob.isPrefix(text), provider);
    }

    private List<Rule> wellKnownRules(Section section) {
        List<Rule> rules = new ArrayList<>();
        Set<ProviderType> served = new HashSet<>();
        for (ProviderSettings provider : providers) {
            if (served.add(provider.type())) {
                for (String pattern : WELL_KNOWN.getOrDefault(provider.type(), List.of())) {
                    rules.add(rule(pattern, provider.name()));
                    section.derived(pattern, provider.name().value());
                }
            }
        }
        return rules;
    }

    private Value<ProviderName> reference(Section section, String key) {
        return section.parsed(key, "name of a provider", text -> {
            if (!providerNames.contains(text)) {
                throw new WrongNameException("must be the name of a provider", Spelling.hint(text, providerNames));
            }
            return new ProviderName(text);
        });
    }

    private @Nullable Alias alias(String name, Section section) {
        ModelName aliasName = null;
        Optional<String> wrong = ModelName.explain(name);
        if (wrong.isPresent()) {
            section.problem(wrong.get());
        } else {
            aliasName = new ModelName(name);
        }
        List<Section> written = section.sections("targets");
        List<Target> targets = new ArrayList<>();
        for (Section each : written) {
            ProviderName provider = reference(each, "provider").required();
            ModelName model = each.parsed("model", "model name", ModelName::new).required();
            int weight = each.integer("weight", 0, InstanceSettings.MAX_WEIGHT).orElse(Target.DEFAULT_WEIGHT);
            if (provider != null && model != null) {
                targets.add(new Target(provider, model, weight));
            }
        }
        if (written.isEmpty()) {
            section.problemAt("targets", "at least one target is needed");
        }
        List<Section.Item<ModelName>> items =
                section.items("fallbacks", new Kind.Text("alias or model name"), ModelName::new);
        fallbacks.put(name, items);
        List<ModelName> names = items.stream().map(Section.Item::value).toList();
        RouteOptions options = options(section);
        return aliasName == null || targets.isEmpty() ? null : new Alias(aliasName, targets, names, options);
    }

    private static RouteOptions options(Section alias) {
        Section timeouts = alias.section("timeouts");
        Set<ErrorKind> fallbackOn = new HashSet<>();
        alias.items(
                        "fallback-on",
                        new Kind.Choice(List.copyOf(ErrorWords.FALLBACK.keySet())),
                        word -> chosen(word, ErrorWords.FALLBACK))
                .forEach(item -> fallbackOn.add(item.value()));
        return new RouteOptions(
                timeout(timeouts, "first-token"),
                timeout(timeouts, "idle"),
                timeout(timeouts, "total"),
                alias.integer("max-attempts", 1, RetrySettings.MOST_ATTEMPTS).optional(),
                fallbackOn);
    }

    private static Optional<Duration> timeout(Section timeouts, String key) {
        return timeouts.duration(key, ProvidersReader.MIN_TIMEOUT, ProvidersReader.MAX_TIMEOUT)
                .optional();
    }

    private static ErrorKind chosen(String word, Map<String, ErrorKind> words) {
        ErrorKind kind = words.get(word);
        if (kind == null) {
            String hint = Spelling.nearest(word, words.keySet())
                    .map(near -> ", did you mean '" + near + "'")
                    .orElse("");
            throw new WrongNameException("must be one of: " + String.join(", ", words.keySet()), hint);
        }
        return kind;
    }

    private void checkFallbacks(LoadContext context, List<Rule> rules, boolean hasDefault) {
        for (List<Section.Item<ModelName>> items : fallbacks.values()) {
            for (Section.Item<ModelName> item : items) {
                String name = item.value().value();
                if (!fallbacks.containsKey(name) && !hasDefault && !routable(item.value(), rules)) {
                    String hint = Spelling.nearest(name, fallbacks.keySet())
                            .map(near -> ", did you mean '" + near + "'")
                            .orElse("");
                    context.problem(
                            item.place(),
                            item.path(),
                            "no alias, rule or default provider takes '" + name + "'" + hint);
                }
            }
        }
        Set<String> finished = new HashSet<>();
        for (String alias : fallbacks.keySet()) {
            findCycle(context, alias, new ArrayList<>(), finished);
        }
    }

    private boolean routable(ModelName model, List<Rule> rules) {
        String name = model.value();
        boolean ruled = rules.stream()
                .anyMatch(rule -> rule.prefix() ? name.startsWith(rule.text()) : name.equals(rule.text()));
        return ruled
                || providers.stream().anyMatch(provider -> provider.models().contains(model));
    }

    /** Walks the fallbacks depth first; each cycle is reported once, where it closes. */
    private void findCycle(LoadContext context, String alias, List<String> way, Set<String> finished) {
        if (finished.contains(alias)) {
            return;
        }
        way.add(alias);
        for (Section.Item<ModelName> item : fallbacks.getOrDefault(alias, List.of())) {
            String next = item.value().value();
            int start = way.indexOf(next);
            if (start >= 0) {
                String cycle = String.join(" -> ", way.subList(start, way.size())) + " -> " + next;
                context.problem(item.place(), item.path(), "fallbacks form a cycle: " + cycle);
            } else {
                findCycle(context, next, way, finished);
            }
        }
        way.removeLast();
        finished.add(alias);
    }
}
