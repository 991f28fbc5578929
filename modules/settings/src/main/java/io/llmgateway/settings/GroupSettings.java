package io.llmgateway.settings;

import java.util.Optional;

/**
 * Keys, or other groups, that share limits: a team, an organisation. Immutable, thread-safe.
 *
 * @param name unique among groups, as names of keys are written
 * @param parent the group it belongs to itself; never in a circle
 * @param limits for all its members together
 */
public record GroupSettings(String name, Optional<String> parent, LimitSet limits) {}
