package io.llmgateway.balancing;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The instance with the fewest requests in flight for its weight; among equals they take turns. Thread-safe. */
final class LeastRequestsTier implements Tier {
    private final Instance[] instances;
    private final AtomicInteger cursor = new AtomicInteger();

    LeastRequestsTier(List<Instance> instances) {
        this.instances = instances.toArray(Instance[]::new);
    }

    @Override
    public List<Instance> instances() {
        return List.of(instances);
    }

    @Override
    public boolean acquire(Lease lease) {
        int start = Integer.remainderUnsigned(cursor.getAndIncrement(), instances.length);
        long refused = 0;
        for (int round = 0; round < instances.length; round++) {
            int best = best(start, refused, lease);
            if (best < 0) {
                return anyInTurn(start, lease);
            }
            if (instances[best].acquire(lease)) {
                return true;
            }
            refused |= bit(best);
        }
        return false;
    }

    /** With more than 64 instances marks are shared: one that was never asked may carry one, so all are asked. */
    private boolean anyInTurn(int start, Lease lease) {
        for (int i = 0; instances.length > Long.SIZE && i < instances.length; i++) {
            if (instances[(start + i) % instances.length].acquire(lease)) {
                return true;
            }
        }
        return false;
    }

    private static long bit(int index) {
        return 1L << (index & 63);
    }

    private int best(int start, long refused, Lease lease) {
        int best = -1;
        double least = Double.MAX_VALUE;
        for (int i = 0; i < instances.length; i++) {
            int index = (start + i) % instances.length;
            Instance instance = instances[index];
            if ((refused & bit(index)) == 0 && !instance.excluded(lease)) {
                double load = (instance.state().inFlight() + 1.0) / instance.weight();
                if (load < least) {
                    least = load;
                    best = index;
                }
            }
        }
        return best;
    }
}
