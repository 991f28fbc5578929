package io.llmgateway.auth;

import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Refusal;
import io.llmgateway.model.Secret;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.KeyDigest;
import io.llmgateway.settings.KeySettings;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
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
    private final Map<KeyDigest, Entry> peppered;
    private final Secret pepper;
    private final BadKeyThrottle throttle;
    private final Clock clock;

    /** Knows the keys of the settings, disabled ones included; the clock decides about expiry. */
    public Authenticator(GatewaySettings settings, Clock clock, LongSupplier nanoTime) {
        this(settings, clock, new BadKeyThrottle(settings.auth().failedAuthPerMinute(), nanoTime));
    }

    private Authenticator(GatewaySettings settings, Clock clock, BadKeyThrottle throttle) {
        Map<KeyDigest, Entry> byDigest = HashMap.newHashMap(settings.keys().size());
        Map<KeyDigest, Entry> withPepper = new HashMap<>();
        for (KeySettings key : settings.keys()) {
            String group = key.group().orElse("");
            Principal principal = new Principal(key.name(), ModelPatterns.of(key.models()), group, key.logBodies());
            Entry entry = new Entry(key, principal);
            (key.peppered() ? withPepper : byDigest).put(key.digest(), entry);
        }
        this.entries = Map.copyOf(byDigest);
        this.peppered = Map.copyOf(withPepper);
        this.pepper = settings.auth().pepper();
        this.throttle = throttle;
        this.clock = clock;
    }

    /** Knows the keys of new settings; addresses that sent wrong keys are still known for it. */
    public Authenticator withSettings(GatewaySettings settings) {
        return new Authenticator(
                settings, clock, throttle.withLimit(settings.auth().failedAuthPerMinute()));
    }

    /**
     * Finds out who sends a request. Clients built for one provider may send both headers; the {@code x-api-key} counts
     * when it is one of ours, else the bearer token.
     *
     * @param bearer what follows {@code Bearer} in the Authorization header; null or empty when there is none
     * @param apiKey the value of the {@code x-api-key} header; null or empty when there is none
     * @param address where the request comes from
     * @throws GatewayException with {@link Refusal.MissingKey}, {@link Refusal.UnknownKey}, {@link
     * Refusal.KeyDisabled},
     *     {@link Refusal.KeyExpired}, {@link Refusal.NetworkNotAllowed} or, after many wrong keys from the address,
     *     {@link Refusal.LimitExceeded}
     */
    public Principal authenticate(@Nullable String bearer, @Nullable String apiKey, InetAddress address) {
        boolean anything = isGiven(bearer) || isGiven(apiKey);
        if (!anything) {
            throw new GatewayException(new Refusal.MissingKey());
        }
        Entry entry = find(apiKey);
        if (entry == null && !Objects.equals(bearer, apiKey)) {
            entry = find(bearer);
        }
        if (entry == null) {
            throw new GatewayException(wrongKey(address));
        }
        return admit(entry, address);
    }

    private Refusal wrongKey(InetAddress address) {
        Optional<Duration> wait = throttle.count(address);
        return wait.isEmpty()
                ? new Refusal.UnknownKey()
                : new Refusal.LimitExceeded("bad-keys", "too many wrong API keys from this address", wait.get());
    }

    private Principal admit(Entry entry, InetAddress address) {
        KeySettings key = entry.key();
        if (!key.enabled()) {
            throw new GatewayException(new Refusal.KeyDisabled(key.name()));
        }
        Instant expires = key.expires();
        boolean expired = !expires.equals(KeySettings.NEVER) && !clock.instant().isBefore(expires);
        if (expired) {
            throw new GatewayException(new Refusal.KeyExpired(key.name(), expires));
        }
        boolean near =
                key.networks().isEmpty() || key.networks().stream().anyMatch(network -> network.contains(address));
        if (!near) {
            throw new GatewayException(new Refusal.NetworkNotAllowed(key.name(), address.getHostAddress()));
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
        Entry entry = entries.get(KeyDigest.of(presented));
        return entry != null || peppered.isEmpty() ? entry : peppered.get(KeyDigest.of(presented, pepper));
    }

    /** A configured key and who holds it. */
    private record Entry(KeySettings key, Principal principal) {}
}
