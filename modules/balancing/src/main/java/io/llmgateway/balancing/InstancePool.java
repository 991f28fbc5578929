package io.llmgateway.balancing;

import io.llmgateway.model.InstanceName;
import io.llmgateway.settings.ProviderSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The instances of one provider in tiers: by priority, lowest value first, and after all of them those of weight 0, by
 * priority again. Disabled ones are in no tier. Thread-safe.
 */
final class InstancePool {
    private final ProviderSettings provider;
    private final List<Instance> instances;
    private final WeightedTier[] tiers;

    InstancePool(ProviderSettings provider, List<Instance> instances) {
        this.provider = provider;
        this.instances = List.copyOf(instances);
        SortedMap<Integer, List<Instance>> weighted = new TreeMap<>();
        SortedMap<Integer, List<Instance>> lastResorts = new TreeMap<>();
        for (Instance instance : instances) {
            if (instance.settings().enabled()) {
                var byPriority = instance.settings().weight() > 0 ? weighted : lastResorts;
                byPriority
                        .computeIfAbsent(instance.settings().priority(), _ -> new ArrayList<>())
                        .add(instance);
            }
        }
        List<WeightedTier> inOrder = new ArrayList<>();
        weighted.values().forEach(tier -> inOrder.add(new WeightedTier(tier)));
        lastResorts.values().forEach(tier -> inOrder.add(new WeightedTier(tier)));
        this.tiers = inOrder.toArray(WeightedTier[]::new);
    }

    ProviderSettings provider() {
        return provider;
    }

    List<Instance> instances() {
        return instances;
    }

    /** An instance whose attempt is counted already; null when none can be used. */
    @Nullable
    Instance acquire(Set<InstanceName> excluded) {
        for (WeightedTier tier : tiers) {
            Instance chosen = tier.acquire(excluded);
            if (chosen != null) {
                return chosen;
            }
        }
        return null;
    }

    /** Why none can be used, in numbers. */
    String describe(Set<InstanceName> excluded) {
        int disabled = 0;
        int tried = 0;
        int full = 0;
        for (Instance instance : instances) {
            if (!instance.settings().enabled()) {
                disabled++;
            } else if (excluded.contains(instance.settings().name())) {
                tried++;
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
        separator = count(text, separator, tried, "already tried");
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
