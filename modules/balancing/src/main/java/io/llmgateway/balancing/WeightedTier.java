package io.llmgateway.balancing;

import io.llmgateway.model.InstanceName;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Instances of one priority, taken in turn by their weights. The order is laid out once and walked by one counter, so
 * that the shares are exact over every full round, whatever the number of threads. Thread-safe.
 */
final class WeightedTier {
    private final Instance[] instances;
    private final int[] rounds;
    private final AtomicInteger cursor = new AtomicInteger();

    WeightedTier(List<Instance> instances) {
        this.instances = instances.toArray(Instance[]::new);
        int[] weights = instances.stream()
                .mapToInt(instance -> Math.max(1, instance.settings().weight()))
                .toArray();
        this.rounds = Schedule.smooth(weights);
    }

    /** The instance whose turn it is, or the next in turn that can be used; null when none can. */
    @Nullable
    Instance acquire(Set<InstanceName> excluded) {
        int start = Integer.remainderUnsigned(cursor.getAndIncrement(), rounds.length);
        Instance first = instances[rounds[start]];
        return acquire(first, excluded) ? first : acquireAfter(start, excluded);
    }

    private @Nullable Instance acquireAfter(int start, Set<InstanceName> excluded) {
        boolean[] refused = new boolean[instances.length];
        refused[rounds[start]] = true;
        int left = instances.length - 1;
        for (int i = 1; i < rounds.length && left > 0; i++) {
            int next = rounds[(start + i) % rounds.length];
            if (refused[next]) {
                continue;
            }
            if (acquire(instances[next], excluded)) {
                return instances[next];
            }
            refused[next] = true;
            left--;
        }
        return null;
    }

    private static boolean acquire(Instance instance, Set<InstanceName> excluded) {
        boolean usable =
                excluded.isEmpty() || !excluded.contains(instance.settings().name());
        return usable && instance.acquire();
    }
}
