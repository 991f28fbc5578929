package io.llmgateway.routing;

import io.llmgateway.model.ModelName;
import io.llmgateway.settings.RouteOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What may serve a request, and why. Immutable, thread-safe.
 *
 * @param requested the name the client asked for
 * @param match why the plan is what it is
 * @param targets at least one, in the order of their tiers, inside a tier in the order of the configuration
 * @param skipped fallbacks that were left out because the key may not use them, in order
 * @param options what holds for this route alone
 */
public record RoutePlan(
        ModelName requested, Match match, List<Target> targets, List<ModelName> skipped, RouteOptions options) {
    public RoutePlan {
        targets = List.copyOf(targets);
        skipped = List.copyOf(skipped);
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("a plan needs at least one target");
        }
    }

    /**
     * The targets in the order to try them: tier after tier, inside each drawn by weight without putting back, weight 0
     * last.
     */
    public List<Target> drawn(RandomGenerator random) {
        if (targets.size() == 1) {
            return targets;
        }
        List<Target> left = new ArrayList<>(targets);
        List<Target> drawn = new ArrayList<>(targets.size());
        while (!left.isEmpty()) {
            drawn.add(left.remove(draw(left, random)));
        }
        return drawn;
    }

    /** The index of one of the targets of the first tier. */
    private static int draw(List<Target> left, RandomGenerator random) {
        int tier = left.getFirst().tier();
        int size = 0;
        int sum = 0;
        while (size < left.size() && left.get(size).tier() == tier) {
            sum += left.get(size).weight();
            size++;
        }
        int point = sum == 0 ? 0 : random.nextInt(sum);
        int index = 0;
        while (sum > 0 && point >= left.get(index).weight()) {
            point -= left.get(index).weight();
            index++;
        }
        return index;
    }
}
