package io.llmgateway.settings;

import io.llmgateway.model.KeyName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A client key. Immutable, thread-safe.
 *
 * @param name how logs and metrics call it, unique
 * @param digest all that is kept of the key itself
 * @param enabled a disabled key is refused
 * @param expires the first moment at which it is refused; {@link #NEVER} when it has no end
 * @param models what it may use, at least one pattern
 * @param peppered whether the digest was made with the pepper
 * @param group whose limits it shares; empty = none
 * @param networks where it may come from; empty = from anywhere
 * @param limits its own
 * @param logBodies whether what its requests and their responses say is logged
 */
public record KeySettings(
        KeyName name,
        KeyDigest digest,
        boolean enabled,
        Instant expires,
        List<ModelGlob> models,
        boolean peppered,
        Optional<String> group,
        List<Network> networks,
        LimitSet limits,
        boolean logBodies) {
    /** Later than every clock. */
    public static final Instant NEVER = Instant.MAX;
    /** Keys are on unless switched off. */
    public static final boolean DEFAULT_ENABLED = true;
    /** Every model. */
    public static final List<ModelGlob> DEFAULT_MODELS = List.of(ModelGlob.ANY);
    /** A shorter key in plain text is refused, in characters. */
    public static final int MIN_KEY_LENGTH = 16;

    public KeySettings {
        models = List.copyOf(models);
        networks = List.copyOf(networks);
    }

    /** A key without group, networks, limits and logged bodies. */
    public KeySettings(KeyName name, KeyDigest digest, boolean enabled, Instant expires, List<ModelGlob> models) {
        this(name, digest, enabled, expires, models, false, Optional.empty(), List.of(), LimitSet.NONE, false);
    }
}
