package io.llmgateway.balancing;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.ProviderName;
import java.util.Optional;

/**
 * An instance at one moment, for people and metrics. Immutable, thread-safe.
 *
 * @param inFlight attempts under way
 * @param succeeded attempts since the start that were reported as such
 * @param failed attempts since the start that were reported as such
 * @param lastFailure the kind of the last failed one; empty when none failed
 */
public record InstanceStatus(
        ProviderName provider,
        InstanceName instance,
        boolean enabled,
        int inFlight,
        long succeeded,
        long failed,
        Optional<ErrorKind> lastFailure) {}
