package io.llmgateway.settings;

import java.util.List;
import java.util.stream.Stream;

/**
 * The limits of one key or group, or of all together. Immutable, thread-safe.
 *
 * @param limits for all its requests together
 * @param models for its requests for some models, counted apart
 */
public record LimitSet(List<Limit> limits, List<ForModels> models) {
    /** Nothing is limited. */
    public static final LimitSet NONE = new LimitSet(List.of(), List.of());

    public LimitSet {
        limits = List.copyOf(limits);
        models = List.copyOf(models);
    }

    /** True when nothing is limited. */
    public boolean isEmpty() {
        return limits.isEmpty() && models.isEmpty();
    }

    /** True when a limit holds for longer than the gateway may run. */
    public boolean needsMemory() {
        return Stream.concat(limits.stream(), models.stream().flatMap(each -> each.limits().stream()))
                .anyMatch(limit -> limit.window() != Limit.Window.NONE && limit.window() != Limit.Window.MINUTE);
    }

    /**
     * Limits for some models. Immutable.
     *
     * @param pattern matches the name a client asks for or the name of the model that serves it first
     */
    public record ForModels(ModelGlob pattern, List<Limit> limits) {
        public ForModels {
            limits = List.copyOf(limits);
        }
    }
}
