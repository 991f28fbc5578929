package io.llmgateway.balancing;

import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.UpstreamFault;
import io.llmgateway.model.WeightedTurns;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.ProviderSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The instances of one provider in tiers of equal priority. Thread-safe, without a lock. */
final class InstanceGroup {
    private final ProviderName provider;
    private final List<Tier> tiers;
    private final List<InstanceState> all;
    private final int disabled;

    private InstanceGroup(ProviderName provider, List<Tier> tiers, List<InstanceState> all, int disabled) {
        this.provider = provider;
        this.tiers = tiers;
        this.all = all;
        this.disabled = disabled;
    }

    static InstanceGroup of(ProviderSettings provider) {
        Map<Integer, List<InstanceState>> byPriority = new TreeMap<>();
        List<InstanceState> all = new ArrayList<>();
        int disabled = 0;
        for (InstanceSettings instance : provider.instances()) {
            if (!instance.enabled()) {
                disabled++;
                continue;
            }
            InstanceState state = new InstanceState(instance);
            all.add(state);
            byPriority
                    .computeIfAbsent(instance.priority(), _ -> new ArrayList<>())
                    .add(state);
        }
        List<Tier> tiers = byPriority.values().stream().map(Tier::new).toList();
        return new InstanceGroup(provider.name(), tiers, List.copyOf(all), disabled);
    }

    Lease choose(Set<InstanceName> tried) {
        for (Tier tier : tiers) {
            Lease lease = tier.choose(tried);
            if (lease != null) {
                return lease;
            }
        }
        throw new GatewayException(new UpstreamFault.NoUsableInstance(summary(tried), Optional.empty()));
    }

    private String summary(Set<InstanceName> tried) {
        int failed = 0;
        int full = 0;
        for (InstanceState state : all) {
            boolean wasTried = tried.contains(state.name());
            failed += wasTried ? 1 : 0;
            full += !wasTried && state.full() ? 1 : 0;
        }
        return "no usable instance for provider '" + provider + "' (" + (all.size() + disabled) + " instances: "
                + failed + " failed in this request, " + full + " at max-concurrent, " + disabled + " disabled)";
    }

    /** Instances of one priority and the order in which they take turns. Thread-safe. */
    private static final class Tier {
        private final List<InstanceState> states;
        private final WeightedTurns turns;

        Tier(List<InstanceState> states) {
            this.states = List.copyOf(states);
            this.turns = WeightedTurns.of(
                    states.stream().mapToInt(InstanceState::weight).toArray());
        }

        /** Takes the instance whose turn it is, or the next one in turn that can be used; null when none can. */
        @Nullable
        Lease choose(Set<InstanceName> tried) {
            int turn = turns.next();
            for (int i = 0; i < turns.cycle(); i++) {
                Lease lease = tryLease(states.get(turns.at(turn + i)), tried);
                if (lease != null) {
                    return lease;
                }
            }
            for (InstanceState state : states) {
                Lease lease = tryLease(state, tried);
                if (lease != null) {
                    return lease;
                }
            }
            return null;
        }

        private static @Nullable Lease tryLease(InstanceState state, Set<InstanceName> tried) {
            return !tried.contains(state.name()) && state.enter() ? new Lease(state) : null;
        }
    }
}
