package io.llmgateway.balancing;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.UpstreamFault;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.settings.SelectionSettings.Probe;
import io.llmgateway.settings.SelectionSettings.Sticky;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Picks one usable instance of a provider for each attempt and learns from what became of it. Choosing takes no lock as
 * long as an instance is free. Thread-safe.
 */
public final class Balancer {
    private final Map<ProviderName, InstancePool> pools;
    private final Map<ProviderName, SessionTable> tables;
    private final Map<ProviderName, WaitQueue> lines;
    private final LongSupplier nanoTime;
    private final Supplier<? extends RandomGenerator> random;

    /**
     * Starts with the instances of the settings, all of them idle and well.
     *
     * @param nanoTime monotonic time in nanoseconds
     * @param random gives a generator for the calling thread
     */
    public Balancer(GatewaySettings settings, LongSupplier nanoTime, Supplier<? extends RandomGenerator> random) {
        this(settings, Map.of(), Map.of(), Map.of(), nanoTime, random);
    }

    private Balancer(
            GatewaySettings settings,
            Map<InstanceName, Instance> known,
            Map<ProviderName, SessionTable> knownTables,
            Map<ProviderName, WaitQueue> knownLines,
            LongSupplier nanoTime,
            Supplier<? extends RandomGenerator> random) {
        this.nanoTime = nanoTime;
        this.random = random;
        Map<ProviderName, InstancePool> byName = new HashMap<>();
        Map<ProviderName, SessionTable> newTables = new HashMap<>();
        Map<ProviderName, WaitQueue> newLines = new HashMap<>();
        for (ProviderSettings provider : settings.providers()) {
            SessionTable table = table(provider.selection().sticky(), knownTables.get(provider.name()));
            newTables.put(provider.name(), table);
            WaitQueue line = line(provider, knownLines);
            newLines.put(provider.name(), line);
            byName.put(
                    provider.name(),
                    new InstancePool(provider, instances(provider, known), table, line, nanoTime, random));
        }
        this.pools = Map.copyOf(byName);
        this.tables = Map.copyOf(newTables);
        this.lines = Map.copyOf(newLines);
    }

    private static SessionTable table(Sticky sticky, @Nullable SessionTable known) {
        long idle = sticky.idle().toNanos();
        return known == null
                ? new SessionTable(sticky.maxSessions(), idle)
                : known.withSettings(sticky.maxSessions(), idle);
    }

    /** Who waited before a change of the settings is woken by whatever is given back after it. */
    private static WaitQueue line(ProviderSettings provider, Map<ProviderName, WaitQueue> known) {
        WaitQueue line = known.get(provider.name());
        if (line == null) {
            return new WaitQueue(provider.selection().queue());
        }
        line.configure(provider.selection().queue());
        return line;
    }

    private static List<Instance> instances(ProviderSettings provider, Map<InstanceName, Instance> known) {
        Set<Long> ranks = new TreeSet<>();
        provider.instances().stream().filter(InstanceSettings::enabled).forEach(i -> ranks.add(rank(i)));
        List<Long> order = List.copyOf(ranks);
        List<Instance> instances = new ArrayList<>();
        for (InstanceSettings instance : provider.instances()) {
            Access access = Access.of(provider, instance);
            Instance before = known.get(instance.name());
            boolean same = before != null && before.access().equals(access);
            boolean there = before != null && before.access().baseUrl().equals(access.baseUrl());
            InstanceState state = before != null && there ? before.state() : new InstanceState();
            Health health = before != null && same ? before.health() : new Health();
            int tier = instance.enabled() ? order.indexOf(rank(instance)) : -1;
            long hash = Hash.of(instance.name().value());
            instances.add(new Instance(instance, provider.selection(), state, access, health, tier, hash));
        }
        return instances;
    }

    /** Those of weight 0 come after all others. */
    private static long rank(InstanceSettings instance) {
        return (instance.weight() > 0 ? 0 : 1L << 40) + instance.priority();
    }

    /**
     * A balancer for new settings. Instances that kept their name and address keep their state, which both balancers
     * then share: requests in flight are counted once, whichever of the two they came from. Sessions stay. An instance
     * that is reached with another credential, other headers, certificates or proxy begins well: what takes it out
     * under the settings before counts no more.
     */
    public Balancer withSettings(GatewaySettings settings) {
        Map<InstanceName, Instance> known = new HashMap<>();
        for (InstancePool pool : pools.values()) {
            for (Instance instance : pool.instances()) {
                known.put(instance.settings().name(), instance);
            }
        }
        return new Balancer(settings, known, tables, lines, nanoTime, random);
    }

    /** Picks an instance for a request that belongs to no session, with a lease of its own. */
    public Lease choose(ProviderName provider, Set<InstanceName> excluded) {
        return choose(provider, excluded, null);
    }

    /** Picks an instance, with a lease of its own. */
    public Lease choose(ProviderName provider, Set<InstanceName> excluded, @Nullable String session) {
        Lease lease = new Lease();
        choose(lease, provider, excluded, session);
        return lease;
    }

    /** As the next, for a request that has no other target. */
    public void choose(Lease lease, ProviderName provider, Set<InstanceName> excluded, @Nullable String session) {
        choose(lease, provider, excluded, session, true);
    }

    /**
     * Picks an instance and counts the attempt as in flight until the lease is closed. Waits while all that work are
     * busy, for as long as the settings say. Allocates nothing when the first one asked takes it.
     *
     * @param lease what holds the instance afterwards; must not hold one yet
     * @param provider whose instances
     * @param excluded those that this request has tried already
     * @param session what the request's session is known by; null for none
     * @param lastTarget false when the request can go on with another target: an instance that is out is then neither
     *     tried nor waited for, whatever {@code when-all-unhealthy} says
     * @throws GatewayException with {@link UpstreamFault.NoUsableInstance} when none is left; its message counts the
     *     instances by state, its delay is when the first is expected back; with {@link
     *     io.llmgateway.model.Refusal.Overloaded} when all that work are busy and too many requests wait already
     */
    public void choose(
            Lease lease,
            ProviderName provider,
            Set<InstanceName> excluded,
            @Nullable String session,
            boolean lastTarget) {
        InstancePool pool = pool(provider);
        if (!pool.acquire(lease, excluded, session == null ? 0 : Hash.of(session), lastTarget)) {
            throw new GatewayException(new UpstreamFault.NoUsableInstance(pool.describe(excluded), pool.backIn()));
        }
    }

    /**
     * As the one before, for attempts that run at the same time and none of which can end before all have begun: each
     * lease gets an instance, in one step, or none does. They wait in the line as one.
     *
     * @param leases at least one, of the same {@link Siblings}; none may hold an instance
     * @throws GatewayException with {@link UpstreamFault.NoUsableInstance} when there are not enough places
     */
    public void chooseAll(
            List<Lease> leases,
            ProviderName provider,
            Set<InstanceName> excluded,
            @Nullable String session,
            boolean lastTarget) {
        InstancePool pool = pool(provider);
        if (!pool.acquireAll(leases, excluded, session == null ? 0 : Hash.of(session), lastTarget)) {
            String message = pool.describe(excluded) + "; " + leases.size() + " places are needed at the same time";
            throw new GatewayException(new UpstreamFault.NoUsableInstance(message, pool.backIn()));
        }
    }

    private InstancePool pool(ProviderName provider) {
        InstancePool pool = pools.get(provider);
        if (pool == null) {
            String message = "provider '" + provider + "' is not configured any more";
            throw new GatewayException(new UpstreamFault.NoUsableInstance(message, Optional.empty()));
        }
        return pool;
    }

    /** How many requests at once the provider's instances take together, without the disabled ones; 0 for none. */
    public long places(ProviderName provider) {
        InstancePool pool = pools.get(provider);
        return pool == null ? 0 : pool.places();
    }

    /** Every instance as it is now, in the order of the configuration inside each provider. */
    public List<InstanceStatus> statuses() {
        List<InstanceStatus> statuses = new ArrayList<>();
        for (InstancePool pool : pools.values()) {
            for (Instance instance : pool.instances()) {
                statuses.add(instance.status(pool.provider().name(), nanoTime.getAsLong()));
            }
        }
        return List.copyOf(statuses);
    }

    /** The instances of a provider in the order in which they would be used, with the reasons. */
    public List<Rank> standings(ProviderName provider) {
        InstancePool pool = pools.get(provider);
        return pool == null ? List.of() : SelectionOrder.of(pool);
    }

    /** 1 when the instance may be chosen, 0 when it is out, disabled or gone. */
    public int available(InstanceName name) {
        long now = nanoTime.getAsLong();
        for (InstancePool pool : pools.values()) {
            for (Instance instance : pool.instances()) {
                if (instance.settings().name().equals(name)) {
                    return instance.tier() >= 0 && !instance.out(now) ? 1 : 0;
                }
            }
        }
        return 0;
    }

    /**
     * Keeps new requests away from an instance, or lets them in again; what runs there goes on. Holds over changes of
     * the settings until it is taken back.
     *
     * @return false when there is no such instance
     */
    public boolean drain(InstanceName name, boolean away) {
        boolean found = false;
        for (InstancePool pool : pools.values()) {
            for (Instance instance : pool.instances()) {
                if (instance.settings().name().equals(name)) {
                    instance.state().drained(away);
                    pool.changed();
                    found = true;
                }
            }
        }
        return found;
    }

    /** How many requests wait for an instance of any provider. */
    public int waiting() {
        return pools.values().stream().mapToInt(InstancePool::waiting).sum();
    }

    /** An instance that should be asked how it is. */
    public record ToProbe(ProviderSettings provider, InstanceSettings instance) {}

    /** The instances that are due for a probe now; they count as probed with this call. */
    public List<ToProbe> dueForProbe() {
        long now = nanoTime.getAsLong();
        List<ToProbe> due = new ArrayList<>();
        for (InstancePool pool : pools.values()) {
            Probe probe = pool.provider().selection().healthCheck();
            for (Instance instance : pool.instances()) {
                boolean wanted = instance.tier() >= 0
                        && switch (probe.mode()) {
                            case OFF -> false;
                            case WHEN_OPEN -> instance.health().phase() != Health.Phase.CLOSED;
                            case ALWAYS -> true;
                        };
                InstanceState state = instance.state();
                boolean late = state.probedAt() == 0
                        || now - state.probedAt() >= probe.interval().toNanos();
                if (wanted && late) {
                    state.probed(now);
                    due.add(new ToProbe(pool.provider(), instance.settings()));
                }
            }
        }
        return due;
    }

    /**
     * What a probe found: empty when the instance is well. A response that refuses the question for another reason than
     * the instance's health takes none out; one that is out is tried by a live request when its time is over.
     */
    public void probed(ToProbe what, Optional<ErrorKind> failure) {
        InstancePool pool = pools.get(what.provider().name());
        if (pool == null) {
            return;
        }
        for (Instance instance : pool.instances()) {
            if (instance.settings().name().equals(what.instance().name())) {
                Health health = instance.health();
                if (failure.isEmpty()) {
                    health.probeSucceeded(pool.now());
                } else if (saysNothing(failure.get())) {
                    health.probeUnclear(pool.now());
                } else {
                    health.probeFailed(failure.get(), pool.now(), instance.circuitBreaker(), pool.random());
                }
                if (failure.isEmpty() || saysNothing(failure.get())) {
                    pool.changed();
                }
            }
        }
    }

    /** The gateway had no room for the probe, or the list of models is refused, which says nothing about answers. */
    private static boolean saysNothing(ErrorKind kind) {
        return switch (kind) {
            case OVERLOADED, UPSTREAM_AUTHENTICATION, UPSTREAM_RATE_LIMIT, BAD_REQUEST -> true;
            default -> false;
        };
    }
}
