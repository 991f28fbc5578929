package io.llmgateway.balancing;

import io.llmgateway.model.ProviderName;
import io.llmgateway.settings.InstanceSettings;

/** An instance as it is configured, and what is known about it. Thread-safe. */
record Instance(InstanceSettings settings, InstanceState state) {
    boolean full() {
        return state.inFlight() >= settings.maxConcurrent();
    }

    /** Counts an attempt; false when the instance has as many as it may. */
    boolean acquire() {
        return state.acquire(settings.maxConcurrent());
    }

    InstanceStatus status(ProviderName provider) {
        return new InstanceStatus(
                provider,
                settings.name(),
                settings.enabled(),
                state.inFlight(),
                state.succeeded(),
                state.failed(),
                state.lastFailure());
    }
}
