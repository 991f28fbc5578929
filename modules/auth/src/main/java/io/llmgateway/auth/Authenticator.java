package io.llmgateway.auth;

import io.llmgateway.model.GatewayError;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Refusal;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.KeyDigest;
import io.llmgateway.settings.KeySettings;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the credentials on a request into a {@link Principal} or a refusal. A key is looked up by the SHA-256 of the
 * whole key, so that neither prefixes nor timing tell anything about other keys, and no text of a client ever becomes
 * part of a query. Immutable, thread-safe.
 */
public final class Authenticator {
    /** Longer texts are refused before they are hashed; no key of ours is that long. */
    static final int MAX_KEY_LENGTH = 512;

    private final Map<KeyDigest, Entry> entries;
    private final Clock clock;

    private Authenticator(Map<KeyDigest, Entry> entries, Clock clock) {
        this.entries = entries;
        this.clock = clock;
    }

    /** Takes the keys of a configuration. */
    public static Authenticator of(GatewaySettings settings, Clock clock) {
        Map<KeyDigest, Entry> entries = new HashMap<>();
        for (KeySettings key : settings.keys()) {
            Principal principal = new Principal(
                    key.name(),
                    key.models().stream()
                            .map(glob -> new ModelPattern(glob.value()))
                            .toList());
            entries.put(key.digest(), new Entry(principal, key.enabled(), key.expires()));
        }
        return new Authenticator(entries, clock);
    }

    /**
     * Finds out who is asking. When both credentials are present, the API key header wins if it is one of our keys.
     *
     * @param bearer the token of an Authorization header; null when there is none
     * @param apiKey the value of an x-api-key header; null when there is none
     * @throws GatewayException with a refusal when neither is a usable key
     */
    public Principal authenticate(@Nullable String bearer, @Nullable String apiKey) {
        Entry entry = find(apiKey);
        if (entry == null) {
            entry = find(bearer);
        }
        if (entry == null) {
            boolean none = isBlank(bearer) && isBlank(apiKey);
            throw new GatewayException(none ? new Refusal.MissingKey() : new Refusal.UnknownKey());
        }
        GatewayError problem = entry.problem(clock);
        if (problem != null) {
            throw new GatewayException(problem);
        }
        return entry.principal();
    }

    private @Nullable Entry find(@Nullable String key) {
        if (key == null || key.isEmpty() || key.length() > MAX_KEY_LENGTH) {
            return null;
        }
        return entries.get(KeyDigest.of(key));
    }

    private static boolean isBlank(@Nullable String text) {
        return text == null || text.isEmpty();
    }

    /** One key. Immutable. */
    private record Entry(Principal principal, boolean enabled, Instant expires) {
        @Nullable
        GatewayError problem(Clock clock) {
            if (!enabled) {
                return new Refusal.KeyDisabled(principal.key());
            }
            return clock.instant().isBefore(expires) ? null : new Refusal.KeyExpired(principal.key(), expires);
        }
    }
}
