package io.llmgateway.settings.read;

import io.llmgateway.settings.Limit;
import io.llmgateway.settings.LimitSet;
import io.llmgateway.settings.PriceList;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.settings.RoutingSettings;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Warns of models that pass every budget, because nothing says what they cost. Stateless. */
final class BudgetCheck {
    private static final int MOST_NAMED = 10;

    private BudgetCheck() {}

    /** Warns when there is a budget and a model that the configuration names has no price. */
    static void warn(
            Section root,
            List<LimitSet> limits,
            PriceList prices,
            List<ProviderSettings> providers,
            RoutingSettings routing) {
        if (limits.stream().noneMatch(BudgetCheck::hasBudget)) {
            return;
        }
        Set<String> models = new LinkedHashSet<>();
        providers.forEach(provider -> provider.models().forEach(model -> models.add(model.value())));
        routing.aliases()
                .forEach(alias -> alias.targets()
                        .forEach(target -> models.add(target.model().value())));
        List<String> free =
                models.stream().filter(model -> prices.of(model).isEmpty()).toList();
        if (!free.isEmpty()) {
            String named = free.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
            String more = free.size() > MOST_NAMED ? " and " + (free.size() - MOST_NAMED) + " more" : "";
            root.warningAt(
                    "usage",
                    "a budget is set, but these models have no price and pass it freely: " + named + more
                            + "; name their prices in usage.prices");
        }
    }

    private static boolean hasBudget(LimitSet set) {
        return Stream.concat(set.limits().stream(), set.models().stream().flatMap(models -> models.limits().stream()))
                .anyMatch(limit -> limit.measure() == Limit.Measure.MONEY);
    }
}
