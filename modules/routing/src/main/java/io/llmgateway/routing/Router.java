package io.llmgateway.routing;

import io.llmgateway.model.GatewayException;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.ModelName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.Refusal;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.settings.RouteOptions;
import io.llmgateway.settings.RoutingSettings;
import io.llmgateway.settings.RoutingSettings.Alias;
import io.llmgateway.settings.RoutingSettings.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides which models of which providers may serve a request: a pure function of the settings, the model's name and
 * what the key may use. Looked at in order: aliases, exact rules, the providers' own lists, the longest prefix, the
 * default provider. Everything is prepared when the router is made. Immutable, thread-safe.
 */
public final class Router {
    private static final int ONLY_TARGET_WEIGHT = 100;

    private final Map<String, AliasRoute> aliases;
    private final Map<String, Route> exact;
    private final PrefixRoute[] prefixes;
    private final @Nullable Route defaultRoute;
    private final List<AdvertisedModel> advertised;

    /** Prepares the routes of the settings. */
    public Router(GatewaySettings settings) {
        RoutingSettings routing = settings.routing();
        Map<String, Route> exactRoutes = new HashMap<>();
        List<PrefixRoute> prefixRoutes = new ArrayList<>();
        for (Rule rule : routing.rules()) {
            Route route = new Route(rule.provider(), new Match.Rule(rule.pattern()));
            if (rule.prefix()) {
                prefixRoutes.add(new PrefixRoute(rule.text(), route));
            } else {
                exactRoutes.put(rule.text(), route);
            }
        }
        for (ProviderSettings provider : settings.providers()) {
            for (ModelName model : provider.models()) {
                exactRoutes.putIfAbsent(model.value(), new Route(provider.name(), new Match.Listed(provider.name())));
            }
        }
        prefixRoutes.sort((one, other) ->
                Integer.compare(other.prefix().length(), one.prefix().length()));
        this.exact = Map.copyOf(exactRoutes);
        this.prefixes = prefixRoutes.toArray(PrefixRoute[]::new);
        Optional<ProviderName> provider = routing.defaultProvider();
        this.defaultRoute = provider.isPresent() ? new Route(provider.get(), new Match.Default()) : null;
        this.advertised = advertised(settings);
        // last, since fallbacks follow the routes above
        this.aliases = AliasRoute.all(routing.aliases(), this::providerOf);
    }

    /**
     * Where a request for a model goes. A name with the marker that asks for a long context goes where the name
     * without it goes, unless the configuration names it with the marker.
     *
     * @param key named in refusals
     * @param mayUse what the key may ask for; decides about the requested name and about each fallback, not about the
     *     targets behind an alias
     * @throws GatewayException with {@link Refusal.ModelNotAllowed} or {@link Refusal.UnknownModel}
     */
    public RoutePlan plan(KeyName key, Predicate<ModelName> mayUse, ModelName asked) {
        ModelName model =
                aliases.containsKey(asked.value()) || exact.containsKey(asked.value()) ? asked : asked.withoutMarker();
        if (!mayUse.test(model) && !mayUse.test(asked)) {
            throw new GatewayException(new Refusal.ModelNotAllowed(key, asked));
        }
        AliasRoute alias = aliases.get(model.value());
        if (alias != null) {
            return alias.planFor(mayUse);
        }
        Route route = route(model.value());
        if (route == null) {
            throw new GatewayException(new Refusal.UnknownModel(model));
        }
        Target target = new Target(route.provider(), model, ONLY_TARGET_WEIGHT, 0);
        return new RoutePlan(model, route.match(), List.of(target), List.of(), RouteOptions.NONE);
    }

    /**
     * The models of the configuration that the key may use, sorted by name: aliases, exact rules, what providers
     * list, and the well-known ones of providers that list nothing and are not asked.
     */
    public List<AdvertisedModel> models(Predicate<ModelName> mayUse) {
        return advertised.stream().filter(model -> mayUse.test(model.name())).toList();
    }

    private @Nullable Route route(String model) {
        Route route = exact.get(model);
        if (route != null) {
            return route;
        }
        for (PrefixRoute prefix : prefixes) {
            if (model.startsWith(prefix.prefix())) {
                return prefix.route();
            }
        }
        return defaultRoute;
    }

    /** Where a model that is no alias goes; empty when no rule, list or default takes it. */
    public Optional<ProviderName> providerOf(ModelName model) {
        return Optional.ofNullable(route(model.value())).map(Route::provider);
    }

    private List<AdvertisedModel> advertised(GatewaySettings settings) {
        Map<String, AdvertisedModel> models = new TreeMap<>();
        for (Alias alias : settings.routing().aliases()) {
            models.put(alias.name().value(), new AdvertisedModel(alias.name(), AdvertisedModel.GATEWAY));
        }
        for (ProviderSettings provider : settings.providers()) {
            for (ModelName model : provider.models()) {
                add(models, model, providerOf(model).orElse(provider.name()));
            }
        }
        for (Rule rule : settings.routing().rules()) {
            if (!rule.prefix()) {
                add(models, new ModelName(rule.text()), rule.provider());
            }
        }
        for (ProviderSettings provider : settings.providers()) {
            if (provider.models().isEmpty() && !provider.discover()) {
                WellKnownModels.of(provider).stream()
                        .filter(model -> providerOf(model)
                                .filter(provider.name()::equals)
                                .isPresent())
                        .forEach(model -> add(models, model, provider.name()));
            }
        }
        return List.copyOf(models.values());
    }

    private static void add(Map<String, AdvertisedModel> models, ModelName model, ProviderName owner) {
        models.putIfAbsent(model.value(), new AdvertisedModel(model, owner.value()));
    }

    /** Where names that are no aliases go. */
    private record Route(ProviderName provider, Match match) {}

    /** A route for all names that start so. */
    private record PrefixRoute(String prefix, Route route) {}
}
