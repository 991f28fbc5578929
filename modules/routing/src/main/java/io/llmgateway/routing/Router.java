package io.llmgateway.routing;

import io.llmgateway.model.GatewayException;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.ModelName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.Refusal;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.settings.RoutingSettings;
import io.llmgateway.settings.RoutingSettings.Alias;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Finds where a model name leads: an alias, else the longest matching rule, else the default provider. A model the key
 * may not use is refused wherever it comes from, and a fallback the key may not use is left out. Immutable but for the
 * turn of weighted targets; thread-safe.
 */
public final class Router {
    private final Map<ModelName, AliasRoute> aliases;
    private final RuleTable rules;
    private final Optional<ProviderName> defaultProvider;
    private final List<AdvertisedModel> advertised;

    private Router(
            Map<ModelName, AliasRoute> aliases,
            RuleTable rules,
            Optional<ProviderName> defaultProvider,
            List<AdvertisedModel> advertised) {
        this.aliases = aliases;
        this.rules = rules;
        this.defaultProvider = defaultProvider;
        this.advertised = advertised;
    }

    /** Takes the routes of a validated configuration. */
    public static Router of(GatewaySettings settings) {
        RoutingSettings routing = settings.routing();
        Map<ModelName, AliasRoute> aliases = new HashMap<>();
        for (Alias alias : routing.aliases()) {
            aliases.put(alias.name(), AliasRoute.of(alias));
        }
        return new Router(aliases, RuleTable.of(routing.rules()), routing.defaultProvider(), advertised(settings));
    }

    /**
     * Plans a request.
     *
     * @param key who asks, for the refusal
     * @param allowed which models that key may use
     * @param model the name that was asked for
     * @throws GatewayException with a refusal when the key may not use the model or no route leads anywhere
     */
    public RoutePlan plan(KeyName key, Predicate<ModelName> allowed, ModelName model) {
        if (!allowed.test(model)) {
            throw new GatewayException(new Refusal.ModelNotAllowed(key, model));
        }
        AliasRoute alias = aliases.get(model);
        if (alias == null) {
            return new RoutePlan(model, matched(model), List.of(byRule(model)));
        }
        List<Target> targets = new ArrayList<>(alias.targets());
        collectFallbacks(alias, allowed, targets, 0);
        return new RoutePlan(model, "alias '" + model + "'", targets);
    }

    private void collectFallbacks(AliasRoute alias, Predicate<ModelName> allowed, List<Target> into, int depth) {
        // cycles are refused when the configuration is loaded; the depth keeps a plan small
        if (depth > 8) {
            return;
        }
        for (ModelName fallback : alias.fallbacks()) {
            if (!allowed.test(fallback)) {
                continue;
            }
            AliasRoute next = aliases.get(fallback);
            if (next == null) {
                into.add(byRule(fallback));
            } else {
                into.addAll(next.targets());
                collectFallbacks(next, allowed, into, depth + 1);
            }
        }
    }

    private Target byRule(ModelName model) {
        ProviderName provider = rules.find(model.value())
                .map(RoutingSettings.Rule::provider)
                .or(() -> defaultProvider)
                .orElseThrow(() -> new GatewayException(new Refusal.UnknownModel(model)));
        return new Target(provider, model);
    }

    private String matched(ModelName model) {
        return rules.find(model.value())
                .map(rule -> "rule '" + rule.pattern() + "'")
                .orElse("default provider");
    }

    /** The models that are told to clients, sorted by name, without those the caller may not use. */
    public List<AdvertisedModel> models(Predicate<ModelName> allowed) {
        return advertised.stream().filter(model -> allowed.test(model.name())).toList();
    }

    private static List<AdvertisedModel> advertised(GatewaySettings settings) {
        Map<String, AdvertisedModel> byName = new TreeMap<>();
        for (ProviderSettings provider : settings.providers()) {
            for (ModelName model : provider.models()) {
                byName.putIfAbsent(
                        model.value(),
                        new AdvertisedModel(model, provider.name().value()));
            }
        }
        for (Alias alias : settings.routing().aliases()) {
            byName.put(alias.name().value(), new AdvertisedModel(alias.name(), "gateway"));
        }
        return List.copyOf(byName.values());
    }
}
