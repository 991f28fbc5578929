package io.llmgateway.routing;

import io.llmgateway.model.ModelName;
import java.util.List;

/**
 * Where a request may go, in order. Immutable.
 *
 * @param model the name that was asked for
 * @param matched what led here, for operators: {@code alias 'fast'}, {@code rule 'gpt-'}, {@code default provider}
 * @param targets at least one; the first is the one to try first
 */
public record RoutePlan(ModelName model, String matched, List<Target> targets) {
    public RoutePlan {
        targets = List.copyOf(targets);
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("a plan has at least one target");
        }
    }
}
