package io.llmgateway.limits;

import io.llmgateway.model.KeyName;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.GroupSettings;
import io.llmgateway.settings.KeySettings;
import io.llmgateway.settings.Limit;
import io.llmgateway.settings.LimitSet;
import io.llmgateway.settings.ModelGlob;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows whose limits hold for whom: those of the key, of its groups up to the last parent, and those of all together;
 * each for every model or for some. Thread-safe.
 */
public final class Limiter {
    private final Map<String, Scope> scopes = new HashMap<>();
    private final Map<KeyName, List<Scope>> byKey = new HashMap<>();
    private final Map<KeyName, EffectiveLimits> placesByKey = new HashMap<>();
    private final LongSupplier nanoTime;
    private final Clock clock;

    /**
     * Starts with everything unused.
     *
     * @param nanoTime monotonic time in nanoseconds, for limits per minute
     * @param clock the time of day, for limits of the calendar; its zone is not used
     */
    public Limiter(GatewaySettings settings, LongSupplier nanoTime, Clock clock) {
        this(settings, Map.of(), nanoTime, clock);
    }

    private Limiter(GatewaySettings settings, Map<String, Scope> known, LongSupplier nanoTime, Clock clock) {
        this.nanoTime = nanoTime;
        this.clock = clock;
        Clock zoned = clock.withZone(settings.usage().zone());
        Map<String, GroupSettings> groups = new HashMap<>();
        settings.groups().forEach(group -> groups.put(group.name(), group));
        List<Scope> all = scopes("all keys together", settings.limits(), known, zoned);
        for (KeySettings key : settings.keys()) {
            List<Scope> mine = new ArrayList<>(all);
            Optional<String> group = key.group();
            while (group.isPresent()) {
                GroupSettings found = Objects.requireNonNull(groups.get(group.get()), "a group that exists");
                mine.addAll(scopes("group '" + found.name() + "'", found.limits(), known, zoned));
                group = found.parent();
            }
            mine.addAll(scopes("key '" + key.name() + "'", key.limits(), known, zoned));
            mine.sort((one, other) -> Integer.compare(one.number(), other.number()));
            byKey.put(key.name(), List.copyOf(mine));
            placesByKey.put(key.name(), new EffectiveLimits(List.copyOf(mine)).places());
        }
    }

    private List<Scope> scopes(String owner, LimitSet limits, Map<String, Scope> known, Clock zoned) {
        List<Scope> found = new ArrayList<>();
        if (!limits.limits().isEmpty()) {
            found.add(scope(owner, null, limits.limits(), known, zoned));
        }
        for (LimitSet.ForModels models : limits.models()) {
            found.add(scope(owner, models.pattern(), models.limits(), known, zoned));
        }
        return found;
    }

    private Scope scope(
            String owner, @Nullable ModelGlob models, List<Limit> limits, Map<String, Scope> known, Clock zoned) {
        String id = owner + "/" + models;
        Scope there = scopes.get(id);
        if (there != null) {
            return there;
        }
        Scope kept = known.get(id);
        int highest = known.values().stream().mapToInt(Scope::number).max().orElse(-1);
        Scope scope = kept == null ? new Scope(owner, models, highest + 1 + scopes.size()) : kept;
        scope.configure(limits, nanoTime, zoned);
        scopes.put(id, scope);
        return scope;
    }

    /** A limiter for new settings; limits that stay keep what was spent, even when their amounts change. */
    public Limiter withSettings(GatewaySettings settings) {
        return new Limiter(settings, scopes, nanoTime, clock);
    }

    /** The limits that hold for a key whatever its request asks for: see {@link EffectiveLimits#places()}. */
    public EffectiveLimits places(KeyName key) {
        return placesByKey.getOrDefault(key, EffectiveLimits.NONE);
    }

    /**
     * The limits that hold for a request.
     *
     * @param asked the model asked for
     * @param served the model that will serve it first
     */
    public EffectiveLimits applied(KeyName key, String asked, String served) {
        List<Scope> mine = byKey.getOrDefault(key, List.of());
        if (mine.isEmpty()) {
            return EffectiveLimits.NONE;
        }
        List<Scope> matching = new ArrayList<>(mine.size());
        for (Scope scope : mine) {
            if (scope.matches(asked, served)) {
                matching.add(scope);
            }
        }
        return new EffectiveLimits(matching);
    }

    /**
     * When the longest window of the calendar began whose use so far is not known; empty when there is none. A limit is
     * such after the start, and after settings that brought it.
     */
    public Optional<Instant> earliestWindow() {
        Instant earliest = null;
        for (Scope scope : scopes.values()) {
            Instant since = scope.unknownSince();
            if (since != null && (earliest == null || since.isBefore(earliest))) {
                earliest = since;
            }
        }
        return Optional.ofNullable(earliest);
    }

    /** Counts what was used before for limits that do not know it yet; keys that are gone count no more. */
    public void restore(Iterable<PastUsage> history) {
        for (PastUsage spent : history) {
            for (Scope scope : byKey.getOrDefault(new KeyName(spent.key()), List.of())) {
                if (scope.matches(spent.asked(), spent.served())) {
                    scope.restore(spent);
                }
            }
        }
        for (Scope scope : scopes.values()) {
            scope.restored();
        }
    }

    /** Every limit as it stands now, in the order of the configuration. */
    public List<LimitStatus> statuses() {
        List<LimitStatus> statuses = new ArrayList<>();
        List<Scope> ordered = new ArrayList<>(scopes.values());
        ordered.sort(Comparator.comparingInt(Scope::number));
        ordered.forEach(scope -> statuses.addAll(scope.statuses()));
        return statuses;
    }
}
