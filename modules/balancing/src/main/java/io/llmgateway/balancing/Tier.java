package io.llmgateway.balancing;

import io.llmgateway.model.InstanceName;
import io.llmgateway.settings.SelectionSettings.Policy;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Instances of one priority and the policy that says whose turn it is. Thread-safe. */
interface Tier {
    /**
     * An instance that may be used and whose attempt is counted already; null when none can be used.
     *
     * @param asked what the request brings
     */
    @Nullable
    Acquired acquire(Asked asked);

    /** The instances, in the order of the configuration. */
    List<Instance> instances();

    /**
     * What a request brings to a choice. Confined to one choice.
     *
     * @param excluded instances it has tried already
     * @param now nanoseconds
     * @param random a generator for the calling thread
     */
    record Asked(Set<InstanceName> excluded, long now, RandomGenerator random) {}

    /** The tier for a policy. */
    static Tier of(Policy policy, List<Instance> instances) {
        return switch (policy) {
            case WEIGHTED -> WeightedTier.byWeight(instances);
            case ROUND_ROBIN -> WeightedTier.inTurn(instances);
            case LEAST_BUSY -> new LeastBusyTier(instances);
            case PEAK_EWMA -> new PeakEwmaTier(instances);
        };
    }
}
