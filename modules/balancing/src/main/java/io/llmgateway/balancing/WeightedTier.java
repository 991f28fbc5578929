package io.llmgateway.balancing;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;

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

    /** The instance whose turn it is, or the next in turn that can be used. */
    @Override
    public boolean acquire(Lease lease) {
        int start = Integer.remainderUnsigned(cursor.getAndIncrement(), rounds.length);
        return instances[rounds[start]].acquire(lease) || acquireAfter(start, lease);
    }

    private boolean acquireAfter(int start, Lease lease) {
        long refused = bit(rounds[start]);
        for (int i = 1; i < rounds.length; i++) {
            int next = rounds[(start + i) % rounds.length];
            if ((refused & bit(next)) == 0) {
                if (instances[next].acquire(lease)) {
                    return true;
                }
                refused |= bit(next);
            }
        }
        return false;
    }

    /** Instances beyond the 64th have no mark and are asked in every turn of theirs. */
    private static long bit(int index) {
        return index < Long.SIZE ? 1L << index : 0;
    }
}
