package io.llmgateway.balancing;

import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.Refusal;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.settings.SelectionSettings.WhenAllUnhealthy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The instances of one provider in tiers: by priority, lowest value first, and after all of them those of weight 0, by
 * priority again. Disabled ones are in no tier. Thread-safe.
 */
final class InstancePool {
    private static final Duration SOON = Duration.ofSeconds(1);

    private final ProviderSettings provider;
    private final List<Instance> instances;
    private final List<Tier> tiers;
    private final StickySessions sessions;
    private final LongSupplier nanoTime;
    private final Supplier<? extends RandomGenerator> random;
    private final WaitQueue line;

    InstancePool(
            ProviderSettings provider,
            List<Instance> instances,
            SessionTable table,
            WaitQueue line,
            LongSupplier nanoTime,
            Supplier<? extends RandomGenerator> random) {
        this.provider = provider;
        this.instances = List.copyOf(instances);
        this.nanoTime = nanoTime;
        this.random = random;
        List<Tier> inOrder = new ArrayList<>();
        int last = instances.stream().mapToInt(Instance::tier).max().orElse(-1);
        for (int tier = 0; tier <= last; tier++) {
            int number = tier;
            List<Instance> members =
                    instances.stream().filter(i -> i.tier() == number).toList();
            inOrder.add(Tier.of(provider.selection().policy(), members));
        }
        this.tiers = List.copyOf(inOrder);
        this.sessions = new StickySessions(
                table, tiers, this.instances, provider.selection().sticky());
        this.line = line;
    }

    ProviderSettings provider() {
        return provider;
    }

    List<Instance> instances() {
        return instances;
    }

    long now() {
        return nanoTime.getAsLong();
    }

    RandomGenerator random() {
        return random.get();
    }

    /**
     * Gives the lease an instance whose attempt is counted already; false when none can be used.
     *
     * @param session a hash of the session; 0 for none
     * @param lastTarget true when the request has no other target; only then is one taken that is out
     * @throws GatewayException with {@link Refusal.Overloaded} when all that work are busy and too many wait already
     */
    boolean acquire(Lease lease, Set<InstanceName> excluded, long session, boolean lastTarget) {
        lease.ask(this, excluded, lastTarget);
        // who comes while others wait goes to the end of the line
        if (line.waiting() == 0) {
            if (atOnce(lease, session)) {
                return true;
            }
            if (!worthWaiting(lease, 1)) {
                return false;
            }
        }
        return awaitAny(lease, session);
    }

    private boolean awaitAny(Lease lease, long session) {
        return line.await(new One(lease, session), this::nanosToBack, () -> tooManyWait(lease.excluded()));
    }

    private GatewayException tooManyWait(Set<InstanceName> excluded) {
        String message = describe(excluded) + ", and " + waiting() + " requests wait already (balancing.max-waiting)";
        return new GatewayException(new Refusal.Overloaded(message, backIn().orElse(SOON)));
    }

    /**
     * Gives every lease an instance, in one step and in one turn in the line; none when there are not enough places.
     *
     * @param leases at least one, of one request
     */
    boolean acquireAll(List<Lease> leases, Set<InstanceName> excluded, long session, boolean lastTarget) {
        leases.forEach(lease -> lease.ask(this, excluded, lastTarget));
        return line.await(new All(leases, session), this::nanosToBack, () -> tooManyWait(excluded));
    }

    /** One place. */
    private final class One implements WaitQueue.Wish {
        private final Lease lease;
        private final long session;

        One(Lease lease, long session) {
            this.lease = lease;
            this.session = session;
        }

        @Override
        public boolean take() {
            lease.ask(InstancePool.this, lease.excluded(), lease.lastTarget());
            return atOnce(lease, session);
        }

        @Override
        public boolean worthWaiting() {
            return InstancePool.this.worthWaiting(lease, 1);
        }

        /** The others of its request hold their places until it has one. */
        @Override
        public boolean overtakes() {
            Siblings siblings = lease.siblings();
            return siblings != null && siblings.together();
        }
    }

    /**
     * A place for each of several leases, or none: who holds some and waits for more may wait for one who does the
     * same.
     */
    private final class All implements WaitQueue.Wish {
        private final List<Lease> leases;
        private final Lease first;
        private final long session;

        All(List<Lease> leases, long session) {
            this.leases = leases;
            this.first = leases.getFirst();
            this.session = session;
        }

        @Override
        public boolean take() {
            leases.forEach(lease -> lease.ask(InstancePool.this, lease.excluded(), lease.lastTarget()));
            if (free(first) < leases.size()) {
                return false;
            }
            int taken = 0;
            while (taken < leases.size() && atOnce(leases.get(taken), session)) {
                taken++;
            }
            if (taken < leases.size()) {
                // who has found a place taken by this comes to the line, which is locked now, and looks again there
                leases.subList(0, taken).forEach(Lease::undo);
                return false;
            }
            return true;
        }

        @Override
        public boolean worthWaiting() {
            return InstancePool.this.worthWaiting(first, leases.size());
        }

        @Override
        public int places() {
            return leases.size();
        }

        @Override
        public boolean holdsUp() {
            return usable(first) >= leases.size();
        }
    }

    /** How many more requests at once the instances would take, were they all in use. */
    private long free(Lease lease) {
        long free = 0;
        for (Instance instance : instances) {
            if (instance.tier() >= 0 && !instance.excluded(lease)) {
                free += Math.max(
                        0,
                        instance.settings().maxConcurrent() - instance.state().inFlight());
            }
        }
        return free;
    }

    /** How many requests at once the instances take that are in use. */
    private long usable(Lease lease) {
        long places = 0;
        for (Instance instance : instances) {
            if (instance.usedBy(lease)) {
                places += instance.settings().maxConcurrent();
            }
        }
        return places;
    }

    /** How many requests at once all instances take that are not disabled. */
    long places() {
        return instances.stream()
                .filter(instance -> instance.tier() >= 0)
                .mapToLong(instance -> instance.settings().maxConcurrent())
                .sum();
    }

    private boolean atOnce(Lease lease, long session) {
        if (session != 0 && provider.selection().sticky().enabled() && sessions.acquire(session, lease)) {
            return true;
        }
        for (int i = 0; i < tiers.size(); i++) {
            if (tiers.get(i).acquire(lease)) {
                return true;
            }
        }
        return anyway(lease);
    }

    /** Every instance is out: the one that is expected back first is the least bad. */
    private boolean anyway(Lease lease) {
        if (!lease.lastTarget() || provider.selection().whenAllUnhealthy() != WhenAllUnhealthy.TRY) {
            return false;
        }
        boolean allOut = instances.stream().filter(i -> i.tier() >= 0).allMatch(i -> i.out(lease.now()));
        if (!allOut) {
            return false;
        }
        return instances.stream()
                .filter(instance -> instance.tier() >= 0 && !instance.excluded(lease))
                .min(Comparator.comparingLong(instance -> instance.health().backAt(lease.now())))
                .filter(instance -> instance.acquireAnyway(lease))
                .isPresent();
    }

    /**
     * Asked after a try has failed: somebody who works was busy then, and is or will be free again, or somebody who is
     * out will be back and is worth waiting for.
     *
     * @param places how many are needed at the same time
     */
    private boolean worthWaiting(Lease lease, int places) {
        boolean backCounts = lease.lastTarget()
                && provider.selection().whenAllUnhealthy() == WhenAllUnhealthy.WAIT
                && nanosToBack() <= provider.selection().queue().maxWait().toNanos();
        return (backCounts && instances.stream().anyMatch(i -> i.tier() >= 0 && !i.excluded(lease)))
                || usable(lease) >= places;
    }

    /** Nanoseconds until the first instance that is out may be tried again; the largest number when none is out. */
    private long nanosToBack() {
        long now = now();
        long first = Long.MAX_VALUE;
        for (Instance instance : instances) {
            if (instance.mayComeBack() && instance.out(now)) {
                first = Math.min(first, Math.max(0, instance.health().backAt(now) - now));
            }
        }
        return first;
    }

    /** An attempt at an instance has ended. */
    void release(Instance used) {
        line.giveBack(used.state());
    }

    /** Instances can be used again that could not before. */
    void changed() {
        line.wakeAll();
    }

    /** How many requests wait. */
    int waiting() {
        return line.waiting();
    }

    /**
     * When it is worth asking again: when the first instance that is out is expected back, soon when all are only busy;
     * empty when there is nothing to wait for.
     */
    Optional<Duration> backIn() {
        long now = now();
        long first = nanosToBack();
        if (instances.stream().anyMatch(i -> i.tier() >= 0 && i.full() && !i.out(now))) {
            return Optional.of(SOON);
        }
        return first == Long.MAX_VALUE ? Optional.empty() : Optional.of(Duration.ofNanos(first));
    }

    /** Why none can be used, in numbers. */
    String describe(Set<InstanceName> excluded) {
        int disabled = 0;
        int drained = 0;
        int tried = 0;
        int out = 0;
        int full = 0;
        for (Instance instance : instances) {
            if (!instance.settings().enabled()) {
                disabled++;
            } else if (instance.state().drained()) {
                drained++;
            } else if (excluded.contains(instance.settings().name())) {
                tried++;
            } else if (instance.out(now())) {
                out++;
            } else if (instance.full()) {
                full++;
            }
        }
        StringBuilder text = new StringBuilder("no usable instance for provider '")
                .append(provider.name())
                .append("' (")
                .append(instances.size())
                .append(instances.size() == 1 ? " instance" : " instances");
        String separator = ": ";
        separator = count(text, separator, disabled, "disabled");
        separator = count(text, separator, drained, "drained");
        separator = count(text, separator, tried, "already tried");
        separator = count(text, separator, out, "out after failures");
        count(text, separator, full, "at max-concurrent");
        return text.append(')').toString();
    }

    private static String count(StringBuilder text, String separator, int number, String state) {
        if (number == 0) {
            return separator;
        }
        text.append(separator).append(number).append(' ').append(state);
        return ", ";
    }
}
