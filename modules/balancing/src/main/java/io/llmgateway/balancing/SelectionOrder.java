package io.llmgateway.balancing;

import io.llmgateway.settings.SelectionSettings.Policy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Says in which order a pool would use its instances, and why. Stateless. */
final class SelectionOrder {
    private SelectionOrder() {}

    static List<Rank> of(InstancePool pool) {
        long now = pool.now();
        int best = pool.instances().stream()
                .filter(instance -> usable(instance, now))
                .mapToInt(Instance::tier)
                .min()
                .orElse(-1);
        List<Instance> ordered = new ArrayList<>(pool.instances());
        // disabled ones last; the sort keeps the order of the configuration inside a tier
        ordered.sort(Comparator.comparingInt(instance -> instance.tier() < 0 ? Integer.MAX_VALUE : instance.tier()));
        return ordered.stream()
                .map(instance -> standing(pool, instance, best, now))
                .toList();
    }

    private static Rank standing(InstancePool pool, Instance instance, int best, long now) {
        InstanceStatus status = instance.status(pool.provider().name(), now);
        boolean usable = usable(instance, now);
        String why = usable ? later(instance, best) : reason(instance, status, now);
        return new Rank(status, instance.tier(), share(pool, instance), usable, why);
    }

    private static boolean usable(Instance instance, long now) {
        return instance.tier() >= 0 && !instance.out(now) && !instance.full();
    }

    private static String later(Instance instance, int best) {
        if (instance.tier() == best) {
            return "";
        }
        return instance.settings().weight() == 0
                ? "weight 0: only when nothing else is left"
                : "priority " + instance.settings().priority() + ": only when no instance before it can be used";
    }

    private static String reason(Instance instance, InstanceStatus status, long now) {
        if (instance.tier() < 0) {
            return "disabled";
        }
        if (!instance.out(now)) {
            return "at max-concurrent, " + instance.settings().maxConcurrent() + " requests";
        }
        String back = status.backIn().isZero()
                ? ""
                : ", back in " + Math.max(1, status.backIn().toSeconds()) + "s";
        String cause = status.lastFailure().map(kind -> " after " + kind.wire()).orElse("");
        return "out (" + status.condition().wire() + ")" + cause + back;
    }

    private static int share(InstancePool pool, Instance instance) {
        if (instance.tier() < 0) {
            return 0;
        }
        boolean equal = pool.provider().selection().policy() == Policy.ROUND_ROBIN;
        long mine = equal ? 1 : instance.weight();
        long all = pool.instances().stream()
                .filter(other -> other.tier() == instance.tier())
                .mapToLong(other -> equal ? 1 : other.weight())
                .sum();
        return (int) Math.round(100.0 * mine / all);
    }
}
