package io.llmgateway.routing;

import io.llmgateway.model.ModelName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.settings.RouteOptions;
import io.llmgateway.settings.RoutingSettings;
import io.llmgateway.settings.RoutingSettings.Alias;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * An alias with its fallbacks, and their fallbacks, laid out in the order to try them. The plan of a key that may use
 * all of them is made once. Immutable, thread-safe.
 */
final class AliasRoute {
    private static final int ONLY_TARGET_WEIGHT = 100;

    private final Step first;
    private final RouteOptions options;
    private final RoutePlan complete;
    private final List<ModelName> fallbacks;

    private AliasRoute(Step first, RouteOptions options) {
        this.first = first;
        this.options = options;
        Set<ModelName> names = new LinkedHashSet<>();
        this.complete = plan(_ -> true, names);
        names.remove(first.name());
        this.fallbacks = List.copyOf(names);
    }

    /**
     * Lays out the aliases.
     *
     * @param providerOf where a name that is no alias goes
     */
    static Map<String, AliasRoute> all(List<Alias> aliases, Function<ModelName, Optional<ProviderName>> providerOf) {
        Map<ModelName, Alias> byName = new HashMap<>();
        aliases.forEach(alias -> byName.put(alias.name(), alias));
        Map<ModelName, Step> steps = new HashMap<>();
        Map<String, AliasRoute> routes = new HashMap<>();
        for (Alias alias : aliases) {
            Step step = step(alias.name(), byName, providerOf, steps);
            routes.put(alias.name().value(), new AliasRoute(step, alias.options()));
        }
        return Map.copyOf(routes);
    }

    RoutePlan planFor(Predicate<ModelName> mayUse) {
        for (ModelName fallback : fallbacks) {
            if (!mayUse.test(fallback)) {
                return plan(mayUse, new HashSet<>());
            }
        }
        return complete;
    }

    private RoutePlan plan(Predicate<ModelName> mayUse, Set<ModelName> seen) {
        List<Target> targets = new ArrayList<>();
        Set<ModelName> skipped = new LinkedHashSet<>();
        seen.add(first.name());
        collect(first, mayUse, seen, targets, skipped);
        return new RoutePlan(first.name(), new Match.Alias(first.name()), targets, List.copyOf(skipped), options);
    }

    /** Adds a step's targets as one tier, then its fallbacks; a target that an earlier tier has is not repeated. */
    private static void collect(
            Step step, Predicate<ModelName> mayUse, Set<ModelName> seen, List<Target> targets, Set<ModelName> skipped) {
        int tier = targets.isEmpty() ? 0 : targets.getLast().tier() + 1;
        for (RoutingSettings.Target target : step.targets()) {
            boolean known = targets.stream()
                    .anyMatch(earlier -> earlier.tier() < tier
                            && earlier.provider().equals(target.provider())
                            && earlier.model().equals(target.model()));
            if (!known) {
                targets.add(new Target(target.provider(), target.model(), target.weight(), tier));
            }
        }
        for (Step fallback : step.fallbacks()) {
            if (!mayUse.test(fallback.name())) {
                skipped.add(fallback.name());
            } else if (seen.add(fallback.name())) {
                collect(fallback, mayUse, seen, targets, skipped);
            }
        }
    }

    /** The settings hold no cycle of fallbacks, so every step is there before it is needed. */
    private static Step step(
            ModelName name,
            Map<ModelName, Alias> byName,
            Function<ModelName, Optional<ProviderName>> providerOf,
            Map<ModelName, Step> steps) {
        Step known = steps.get(name);
        if (known != null) {
            return known;
        }
        Alias alias = byName.get(name);
        Step made;
        if (alias == null) {
            List<RoutingSettings.Target> targets = providerOf
                    .apply(name)
                    .map(provider -> new RoutingSettings.Target(provider, name, ONLY_TARGET_WEIGHT))
                    .stream()
                    .toList();
            made = new Step(name, targets, List.of());
        } else {
            List<Step> fallbacks = new ArrayList<>();
            for (ModelName fallback : alias.fallbacks()) {
                fallbacks.add(step(fallback, byName, providerOf, steps));
            }
            made = new Step(name, alias.targets(), List.copyOf(fallbacks));
        }
        steps.put(name, made);
        return made;
    }

    /** One name of the chain: where it goes itself, and what comes after it. */
    private record Step(ModelName name, List<RoutingSettings.Target> targets, List<Step> fallbacks) {}
}
