package io.llmgateway.launcher;

import io.llmgateway.admin.ActiveConfiguration;
import io.llmgateway.auth.Authenticator;
import io.llmgateway.balancing.Balancer;
import io.llmgateway.ledger.Ledger;
import io.llmgateway.limits.Limiter;
import io.llmgateway.metrics.GatewayMetrics;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.pipeline.Snapshot;
import io.llmgateway.pipeline.Snapshot.InstanceRuntime;
import io.llmgateway.pipeline.Snapshot.ProviderRuntime;
import io.llmgateway.routing.Router;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.upstream.ConnectionPool;
import io.llmgateway.upstream.HttpTransport;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Builds the running form of settings, whole, and applies it by one write. What did not change carries over:
 * health, sessions, limits, connections. Requests keep the snapshot they began with. Thread-safe.
 */
public final class Snapshots implements Supplier<Snapshot> {
    private static final System.Logger LOG = System.getLogger(Snapshots.class.getName());

    private final ProviderFactory upstreams;
    private final HttpTransport transport;
    private final GatewayMetrics metrics;
    private final Ledger ledger;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private volatile @Nullable ActiveConfiguration current;
    private @Nullable Instant unrestored;

    Snapshots(HttpTransport transport, GatewayMetrics metrics, Ledger ledger, Clock clock, LongSupplier nanoTime) {
        this.upstreams = new ProviderFactory(transport);
        this.transport = transport;
        this.metrics = metrics;
        this.ledger = ledger;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** What is active. */
    ActiveConfiguration active() {
        ActiveConfiguration found = current;
        if (found == null) {
            throw new IllegalStateException("no configuration was applied yet");
        }
        return found;
    }

    @Override
    public Snapshot get() {
        return active().snapshot();
    }

    /**
     * Applies settings.
     *
     * @throws IOException when a trust file cannot be used; what was active stays
     */
    synchronized void put(GatewaySettings settings) throws IOException {
        ActiveConfiguration before = current;
        // what may fail comes first, so that nothing is changed by settings that cannot be taken
        Map<ProviderName, ProviderRuntime> providers = upstreams.open(
                settings, before == null ? Map.of() : before.snapshot().providers());
        Snapshot next = before == null ? first(settings, providers) : next(before.snapshot(), settings, providers);
        Instant now = clock.instant();
        if (!LedgerFactory.restore(next.limiter(), ledger, unrestored == null ? now : unrestored)) {
            // an earlier moment is kept: what was counted since then must not be counted twice
            unrestored = unrestored == null ? now : unrestored;
        } else {
            unrestored = null;
        }
        if (before == null || labelsDiffer(before.settings(), settings)) {
            metrics.label(MetricLabels.of(settings));
        }
        current =
                new ActiveConfiguration(before == null ? 1 : before.generation() + 1, clock.instant(), settings, next);
        watch(settings);
        if (before != null) {
            retire(before, next);
        }
    }

    /** Tells the limits what was used before, when the ledger could not be read so far. */
    synchronized void restoreAgain() {
        if (unrestored != null && LedgerFactory.restore(active().snapshot().limiter(), ledger, unrestored)) {
            LOG.log(System.Logger.Level.INFO, "what was used before is counted by the limits now");
            unrestored = null;
        }
    }

    private static boolean labelsDiffer(GatewaySettings before, GatewaySettings settings) {
        return !before.metrics().equals(settings.metrics())
                || !before.routing().equals(settings.routing())
                || !before.providers().equals(settings.providers());
    }

    private Snapshot first(GatewaySettings settings, Map<ProviderName, ProviderRuntime> providers) {
        return new Snapshot(
                new Authenticator(settings, clock, nanoTime),
                new Limiter(settings, nanoTime, clock),
                settings.usage().prices(),
                new Router(settings),
                new Balancer(settings, nanoTime, ThreadLocalRandom::current),
                providers,
                settings.server().debugHeaders());
    }

    private static Snapshot next(
            Snapshot before, GatewaySettings settings, Map<ProviderName, ProviderRuntime> providers) {
        return new Snapshot(
                before.authenticator().withSettings(settings),
                before.limiter().withSettings(settings),
                settings.usage().prices(),
                new Router(settings),
                before.balancer().withSettings(settings),
                providers,
                settings.server().debugHeaders());
    }

    private void watch(GatewaySettings settings) {
        settings.providers().stream()
                .flatMap(provider -> provider.instances().stream())
                .map(InstanceSettings::name)
                .forEach(name -> metrics.instance(
                        name,
                        () -> pool(name).map(ConnectionPool::activeCount).orElse(0),
                        () -> pool(name).map(ConnectionPool::idleCount).orElse(0),
                        () -> get().balancer().available(name)));
    }

    private Optional<ConnectionPool> pool(InstanceName name) {
        return get().providers().values().stream()
                .flatMap(provider -> Optional.ofNullable(provider.instances().get(name)).stream())
                .map(InstanceRuntime::pool)
                .findFirst();
    }

    /** Connections of instances that are gone, or went elsewhere, are closed as their requests come to their end. */
    private void retire(ActiveConfiguration before, Snapshot next) {
        Duration longest = before.settings().providers().stream()
                .flatMap(provider -> provider.instances().stream())
                .map(instance -> instance.timeouts().total())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
        Set<ConnectionPool> kept = new HashSet<>();
        Set<InstanceName> names = new HashSet<>();
        for (ProviderRuntime provider : next.providers().values()) {
            provider.instances().forEach((name, instance) -> {
                kept.add(instance.pool());
                names.add(name);
            });
        }
        for (ProviderRuntime provider : before.snapshot().providers().values()) {
            provider.instances().forEach((name, instance) -> {
                if (!kept.contains(instance.pool())) {
                    transport.retire(instance.pool(), longest);
                }
                if (!names.contains(name)) {
                    metrics.forget(name);
                }
            });
        }
    }
}
