package io.llmgateway.balancing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The better of two random instances by recent latency times requests in flight: as good as looking at all, without
 * everybody running to the same best one. Thread-safe.
 */
final class PeakEwmaTier implements Tier {
    private final Instance[] instances;

    PeakEwmaTier(List<Instance> instances) {
        this.instances = instances.toArray(Instance[]::new);
    }

    @Override
    public List<Instance> instances() {
        return List.of(instances);
    }

    @Override
    public @Nullable Acquired acquire(Asked asked) {
        int first = asked.random().nextInt(instances.length);
        int second = instances.length == 1 ? 0 : asked.random().nextInt(instances.length - 1);
        second += instances.length > 1 && second >= first ? 1 : 0;
        int better = cost(first, asked) <= cost(second, asked) ? first : second;
        int other = better == first ? second : first;
        Acquired acquired = instances[better].acquire(asked);
        if (acquired == null) {
            acquired = instances[other].acquire(asked);
        }
        for (int i = 0; i < instances.length && acquired == null; i++) {
            acquired = i == first || i == second ? null : instances[i].acquire(asked);
        }
        return acquired;
    }

    private double cost(int index, Asked asked) {
        Instance instance = instances[index];
        if (instance.excluded(asked)) {
            return Double.MAX_VALUE;
        }
        long latency = Math.max(1, instance.state().latency().current(asked.now()));
        return latency * (instance.state().inFlight() + 1.0) / instance.weight();
    }
}
