package io.llmgateway.routing;

import io.llmgateway.model.ModelName;
import io.llmgateway.model.WeightedTurns;
import io.llmgateway.settings.RoutingSettings;
import io.llmgateway.settings.RoutingSettings.Alias;
import java.util.ArrayList;
import java.util.List;

/**
 * An alias with its targets in turn: over one cycle of the schedule each target comes first exactly as often as its
 * weight says, evenly spread. Thread-safe, without a lock.
 */
final class AliasRoute {
    private final List<List<Target>> orders;
    private final WeightedTurns turns;
    private final List<ModelName> fallbacks;

    private AliasRoute(List<List<Target>> orders, WeightedTurns turns, List<ModelName> fallbacks) {
        this.orders = orders;
        this.turns = turns;
        this.fallbacks = fallbacks;
    }

    static AliasRoute of(Alias alias) {
        int count = alias.targets().size();
        int[] weights = new int[count];
        List<List<Target>> orders = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            weights[i] = alias.targets().get(i).weight();
            orders.add(orderFrom(alias, i));
        }
        return new AliasRoute(orders, WeightedTurns.of(weights), alias.fallbacks());
    }

    /** The targets, the one whose turn it is first, the others behind it by weight. */
    List<Target> targets() {
        return orders.get(turns.at(turns.next()));
    }

    List<ModelName> fallbacks() {
        return fallbacks;
    }

    private static List<Target> orderFrom(Alias alias, int first) {
        List<RoutingSettings.Target> rest = new ArrayList<>(alias.targets());
        RoutingSettings.Target head = rest.remove(first);
        rest.sort((a, b) -> Integer.compare(b.weight(), a.weight()));
        rest.addFirst(head);
        return rest.stream()
                .map(target -> new Target(target.provider(), target.model()))
                .toList();
    }
}
