package io.llmgateway.balancing;

import io.llmgateway.settings.SelectionSettings.Sticky;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a session on one instance, so that the provider's prompt cache helps. A new session goes where weighted
 * rendezvous hashing says: every process chooses the same, and when an instance goes only its sessions move. A session
 * that moved stays where it is, so that nothing flaps when the instance comes back. Source of the hashing: Thaler and
 * Ravishankar 1998, with logarithmic weights. Thread-safe.
 */
final class StickySessions {
    private static final double TWO_TO_53 = 0x1p53;

    private final SessionTable table;
    private final List<Tier> tiers;
    private final List<Instance> instances;
    private final Sticky settings;

    StickySessions(SessionTable table, List<Tier> tiers, List<Instance> instances, Sticky settings) {
        this.table = table;
        this.tiers = tiers;
        this.instances = instances;
        this.settings = settings;
    }

    /** Gives the lease the session's instance, counted; false when none can be used. */
    boolean acquire(long session, Lease lease) {
        InstanceState known = table.find(session, lease.now());
        Instance there = known == null ? null : instance(known);
        if (there != null && (!settings.failback() || !betterUsable(there, lease))) {
            if (there.acquire(lease)) {
                return true;
            }
            if (!there.excluded(lease) && !there.out(lease.now())) {
                // only busy: the request goes elsewhere once, the session stays
                return false;
            }
        }
        for (Tier tier : tiers) {
            Instance acquired = byHash(session, tier.instances(), lease);
            if (acquired != null) {
                table.put(session, acquired.state(), lease.now());
                return true;
            }
        }
        return false;
    }

    private @Nullable Instance instance(InstanceState state) {
        for (Instance instance : instances) {
            if (instance.state() == state && instance.tier() >= 0) {
                return instance;
            }
        }
        return null;
    }

    private boolean betterUsable(Instance there, Lease lease) {
        for (Instance other : instances) {
            boolean better = other.tier() >= 0 && other.tier() < there.tier();
            if (better && !other.excluded(lease) && !other.out(lease.now()) && !other.full()) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Instance byHash(long session, List<Instance> members, Lease lease) {
        long refused = 0;
        for (int round = 0; round < members.size(); round++) {
            int best = best(session, members, refused);
            if (best < 0) {
                return members.size() > Long.SIZE ? anyInTurn(members, lease) : null;
            }
            Instance instance = members.get(best);
            if (instance.acquire(lease)) {
                return instance;
            }
            refused |= 1L << (best & 63);
        }
        return null;
    }

    /** With more than 64 instances marks are shared: one that was never asked may carry one. */
    private static @Nullable Instance anyInTurn(List<Instance> members, Lease lease) {
        for (Instance instance : members) {
            if (instance.acquire(lease)) {
                return instance;
            }
        }
        return null;
    }

    private static int best(long session, List<Instance> members, long refused) {
        int best = -1;
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < members.size(); i++) {
            if ((refused & 1L << (i & 63)) == 0) {
                Instance instance = members.get(i);
                double score = score(session, instance.nameHash(), instance.weight());
                if (score > highest) {
                    highest = score;
                    best = i;
                }
            }
        }
        return best;
    }

    private static double score(long session, long instance, int weight) {
        double uniform = ((Hash.mix(session ^ instance) >>> 11) + 0.5) / TWO_TO_53;
        return -weight / Math.log(uniform);
    }
}
