package io.llmgateway.balancing;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.ProviderName;
import java.time.Duration;
import java.util.Optional;

/**
 * An instance at one moment, for people and metrics. Immutable, thread-safe.
 *
 * @param provider whose instance
 * @param instance its name
 * @param condition whether it is in use
 * @param backIn how long it stays out; zero when it is not out for a time
 * @param inFlight attempts under way
 * @param maxConcurrent most attempts at once
 * @param priority its tier; lower comes first
 * @param weight its share within the tier
 * @param latency recent time to the first content, weighted toward slow responses; zero when unknown
 * @param succeeded attempts since the start that were reported as such
 * @param failed attempts since the start that were reported as such
 * @param lastFailure the kind of the last failed one; empty when none failed
 */
public record InstanceStatus(
        ProviderName provider,
        InstanceName instance,
        Condition condition,
        Duration backIn,
        int inFlight,
        int maxConcurrent,
        int priority,
        int weight,
        Duration latency,
        long succeeded,
        long failed,
        Optional<ErrorKind> lastFailure) {
    /** True unless the configuration takes it out. */
    public boolean enabled() {
        return condition != Condition.DISABLED;
    }

    /** Whether an instance is in use. */
    public enum Condition {
        /** In use. */
        CLOSED("closed"),
        /** Out after failures. */
        OPEN("open"),
        /** One request is finding out whether it is back. */
        TRIAL("half_open"),
        /** Out for as long as it said itself, or for a refused credential. */
        COOLING_DOWN("cooling_down"),
        /** Taken out by an operator; what runs there goes on. */
        DRAINED("drained"),
        /** Taken out by the configuration. */
        DISABLED("disabled");

        private final String wire;

        Condition(String wire) {
            this.wire = wire;
        }

        /** The word in responses and metrics. */
        public String wire() {
            return wire;
        }
    }
}
