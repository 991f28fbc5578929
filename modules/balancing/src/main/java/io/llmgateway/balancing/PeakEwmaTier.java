package io.llmgateway.balancing;

import java.util.List;

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
    public boolean acquire(Lease lease) {
        int first = lease.random().nextInt(instances.length);
        int second = instances.length == 1 ? 0 : lease.random().nextInt(instances.length - 1);
        second += instances.length > 1 && second >= first ? 1 : 0;
        int better = cost(first, lease) <= cost(second, lease) ? first : second;
        int other = better == first ? second : first;
        boolean acquired = instances[better].acquire(lease) || instances[other].acquire(lease);
        for (int i = 0; i < instances.length && !acquired; i++) {
            acquired = i != first && i != second && instances[i].acquire(lease);
        }
        return acquired;
    }

    private double cost(int index, Lease lease) {
        Instance instance = instances[index];
        if (instance.excluded(lease)) {
            return Double.MAX_VALUE;
        }
        long latency = Math.max(1, instance.state().latency().current(lease.now()));
        return latency * (instance.state().inFlight() + 1.0) / instance.weight();
    }
}
