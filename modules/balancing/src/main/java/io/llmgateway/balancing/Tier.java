package io.llmgateway.balancing;

import io.llmgateway.settings.SelectionSettings.Policy;
import java.util.List;

/** Instances of one priority and the policy that says whose turn it is. Thread-safe. */
interface Tier {
    /** Gives the lease an instance that may be used, its attempt counted already; false when none can be used. */
    boolean acquire(Lease lease);

    /** The instances, in the order of the configuration. */
    List<Instance> instances();

    /** The tier for a policy. */
    static Tier of(Policy policy, List<Instance> instances) {
        return switch (policy) {
            case WEIGHTED -> WeightedTier.byWeight(instances);
            case ROUND_ROBIN -> WeightedTier.inTurn(instances);
            case LEAST_REQUESTS -> new LeastRequestsTier(instances);
            case PEAK_EWMA -> new PeakEwmaTier(instances);
        };
    }
}
