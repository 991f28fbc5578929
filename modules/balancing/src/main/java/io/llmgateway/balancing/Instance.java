package io.llmgateway.balancing;

import io.llmgateway.model.ProviderName;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.SelectionSettings;
import io.llmgateway.settings.SelectionSettings.Breaker;
import java.time.Duration;

/**
 * An instance as it is configured, and what is known about it. Thread-safe.
 *
 * @param settings the instance's own settings
 * @param selection its provider's
 * @param state what was learned
 * @param access how it is reached
 * @param health whether it can be used, as learned with this access
 * @param tier its place among the tiers, 0 for the best; -1 when it is disabled
 * @param nameHash a hash of its name, for sessions
 */
record Instance(
        InstanceSettings settings,
        SelectionSettings selection,
        InstanceState state,
        Access access,
        Health health,
        int tier,
        long nameHash) {
    int weight() {
        return Math.max(1, settings.weight());
    }

    boolean full() {
        return state.inFlight() >= settings.maxConcurrent();
    }

    boolean excluded(Lease lease) {
        return state.drained()
                || (!lease.excluded().isEmpty() && lease.excluded().contains(settings.name()));
    }

    Breaker circuitBreaker() {
        return selection.circuitBreaker();
    }

    /** Counts an attempt; false when the instance was tried already, is out, or has as many as it may. */
    boolean acquire(Lease lease) {
        if (excluded(lease) || full()) {
            return false;
        }
        Health.Admission admission =
                health.admit(lease.now(), selection.healthCheck().mode(), lease.siblings());
        if (admission == Health.Admission.NO) {
            return false;
        }
        boolean trial = admission == Health.Admission.TRIAL;
        if (!state.acquire(settings.maxConcurrent())) {
            if (trial) {
                health.abandoned(health.outages());
            }
            return false;
        }
        lease.hold(this, trial ? Lease.Trial.HALF_OPEN : Lease.Trial.NONE);
        return true;
    }

    /** Counts an attempt although the instance is out; false when it was tried already or is full. */
    boolean acquireAnyway(Lease lease) {
        boolean possible = tier >= 0 && !excluded(lease) && state.acquire(settings.maxConcurrent());
        if (possible) {
            lease.hold(this, Lease.Trial.ANYWAY);
        }
        return possible;
    }

    /** True when it is out, whatever it has in flight. */
    boolean out(long now) {
        return state.drained() || health.phase() != Health.Phase.CLOSED || health.coolingDown(now);
    }

    /** True when it is only busy, for this lease: in use, or finding out for it whether it is back. */
    boolean usedBy(Lease lease) {
        return tier >= 0
                && !excluded(lease)
                && (!out(lease.now()) || (lease.siblings() != null && health.isTrialOf(lease.siblings())));
    }

    /** True when it may come back by itself, sooner or later. */
    boolean mayComeBack() {
        return tier >= 0 && !state.drained();
    }

    InstanceStatus status(ProviderName provider, long now) {
        return new InstanceStatus(
                provider,
                settings.name(),
                condition(now),
                Duration.ofNanos(Math.max(0, health.backAt(now) - now)),
                state.inFlight(),
                settings.maxConcurrent(),
                settings.priority(),
                settings.weight(),
                Duration.ofNanos(state.latency().current(now)),
                state.succeeded(),
                state.failed(),
                state.lastFailure());
    }

    private InstanceStatus.Condition condition(long now) {
        if (!settings.enabled()) {
            return InstanceStatus.Condition.DISABLED;
        }
        if (state.drained()) {
            return InstanceStatus.Condition.DRAINED;
        }
        return switch (health.phase()) {
            case HALF_OPEN -> InstanceStatus.Condition.TRIAL;
            case OPEN -> InstanceStatus.Condition.OPEN;
            case CLOSED ->
                health.coolingDown(now) ? InstanceStatus.Condition.COOLING_DOWN : InstanceStatus.Condition.CLOSED;
        };
    }
}
