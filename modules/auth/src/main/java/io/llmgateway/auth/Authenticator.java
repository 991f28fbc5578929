package io.llmgateway.auth;

import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Refusal;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.KeyDigest;
import io.llmgateway.settings.KeySettings;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns the credentials on a request into a {@link Principal} or a refusal. A presented key is hashed as a whole and
 * its digest is looked up: nothing depends on how much of a key is right, and a stored digest is no credential.
 * Thread-safe.
 */
public final class Authenticator {
    /** A longer credential is refused before it is hashed, in characters. */
    public static final int MAX_KEY_LENGTH = 512;

    private final Map<KeyDigest, Entry> entries;
    private final Clock clock;

    /** Knows the keys of the settings, disabled ones included; the clock decides about expiry. */
    public Authenticator(GatewaySettings settings, Clock clock) {
        Map<KeyDigest, Entry> byDigest = HashMap.newHashMap(settings.keys().size());
        for (KeySettings key : settings.keys()) {
            byDigest.put(key.digest(), new Entry(key, new Principal(key.name(), ModelPatterns.of(key.models()))));
        }
        this.entries = Map.copyOf(byDigest);
        this.clock = clock;
    }

    /**
     * Finds out who sends a request. Clients built for one provider may send both headers; the {@code x-api-key} counts
     * when it is one of ours, else the bearer token.
     *
     * @param bearer what follows {@code Bearer} in the Authorization header; null or empty when there is none
     * @param apiKey the value of the {@code x-api-key} header; null or empty when there is none
     * @throws GatewayException with {@link Refusal.MissingKey}, {@link Refusal.UnknownKey}, {@link Refusal.KeyDisabled}
     *     or {@link Refusal.KeyExpired}
     */
    public Principal authenticate(@Nullable String bearer, @Nullable String apiKey) {
        boolean anything = isGiven(bearer) || isGiven(apiKey);
        if (!anything) {
            throw new GatewayException(new Refusal.MissingKey());
        }
        Entry entry = find(apiKey);
        if (entry == null && !Objects.equals(bearer, apiKey)) {
            entry = find(bearer);
        }
        if (entry == null) {
            throw new GatewayException(new Refusal.UnknownKey());
        }
        return admit(entry);
    }

    private Principal admit(Entry entry) {
        KeySettings key = entry.key();
        if (!key.enabled()) {
            throw new GatewayException(new Refusal.KeyDisabled(key.name()));
        }
        Instant expires = key.expires();
        boolean expired = !expires.equals(KeySettings.NEVER) && !clock.instant().isBefore(expires);
        if (expired) {
            throw new GatewayException(new Refusal.KeyExpired(key.name(), expires));
        }
        return entry.principal();
    }

    private static boolean isGiven(@Nullable String presented) {
        return presented != null && !presented.isEmpty();
    }

    private @Nullable Entry find(@Nullable String presented) {
        if (presented == null || presented.isEmpty() || presented.length() > MAX_KEY_LENGTH) {
            return null;
        }
        return entries.get(KeyDigest.of(presented));
    }

    /** A configured key and who holds it. */
    private record Entry(KeySettings key, Principal principal) {}
}
