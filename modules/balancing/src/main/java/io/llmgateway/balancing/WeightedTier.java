package io.llmgateway.balancing;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Instances taken in turn, by their weights or all as often. The order is laid out once and walked by one counter, so
 * that the shares are exact over every full round, whatever the number of threads. Thread-safe.
 */
final class WeightedTier implements Tier {
    private final Instance[] instances;
    private final int[] rounds;
    private final AtomicInteger cursor = new AtomicInteger();

    private WeightedTier(List<Instance> instances, ToIntFunction<Instance> weight) {
        this.instances = instances.toArray(Instance[]::new);
        this.rounds = Schedule.smooth(instances.stream().mapToInt(weight).toArray());
    }

    static WeightedTier byWeight(List<Instance> instances) {
        return new WeightedTier(instances, Instance::weight);
    }

    static WeightedTier inTurn(List<Instance> instances) {
        return new WeightedTier(instances, _ -> 1);
    }

    @Override
    public List<Instance> instances() {
        return List.of(instances);
    }

    /** The instance whose turn it is, or the next in turn that can be used; null when none can. */
    @Override
    public @Nullable Acquired acquire(Asked asked) {
        int start = Integer.remainderUnsigned(cursor.getAndIncrement(), rounds.length);
        Acquired first = instances[rounds[start]].acquire(asked);
        return first != null ? first : acquireAfter(start, asked);
    }

    private @Nullable Acquired acquireAfter(int start, Asked asked) {
        boolean[] refused = new boolean[instances.length];
        refused[rounds[start]] = true;
        int left = instances.length - 1;
        for (int i = 1; i < rounds.length && left > 0; i++) {
            int next = rounds[(start + i) % rounds.length];
            if (refused[next]) {
                continue;
            }
            Acquired acquired = instances[next].acquire(asked);
            if (acquired != null) {
                return acquired;
            }
            refused[next] = true;
            left--;
        }
        return null;
    }
}
