package io.llmgateway.admin;

import io.llmgateway.balancing.Balancer;
import io.llmgateway.balancing.InstanceStatus;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.settings.InstanceSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code GET /instances} tells operators. Immutable.
 *
 * @param queued requests that wait for an instance
 */
record InstancesPage(int queued, List<Instance> instances) {
    /** Every instance as it is now. */
    static InstancesPage of(Balancer balancer) {
        return new InstancesPage(
                balancer.waiting(),
                balancer.statuses().stream().map(Instance::of).toList());
    }

    /**
     * One instance.
     *
     * @param maxConcurrent null where there is no bound
     * @param lastFailure null when nothing failed yet
     */
    record Instance(
            String provider,
            String instance,
            String state,
            long retryInMs,
            int inFlight,
            @Nullable Integer maxConcurrent,
            int priority,
            int weight,
            long latencyMs,
            long succeeded,
            long failed,
            @Nullable String lastFailure) {
        private static Instance of(InstanceStatus status) {
            int most = status.maxConcurrent();
            return new Instance(
                    status.provider().value(),
                    status.instance().value(),
                    status.condition().wire(),
                    status.backIn().toMillis(),
                    status.inFlight(),
                    most == InstanceSettings.UNLIMITED ? null : most,
                    status.priority(),
                    status.weight(),
                    status.latency().toMillis(),
                    status.succeeded(),
                    status.failed(),
                    status.lastFailure().map(ErrorKind::wire).orElse(null));
        }
    }
}
