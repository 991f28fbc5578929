package io.llmgateway.balancing;

import io.llmgateway.model.InstanceName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.ProviderSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Picks the next instance of a provider. Thread-safe, without a lock. */
public final class Balancer {
    private final Map<ProviderName, InstanceGroup> groups;

    private Balancer(Map<ProviderName, InstanceGroup> groups) {
        this.groups = groups;
    }

    /** Takes the instances of a validated configuration. */
    public static Balancer of(GatewaySettings settings) {
        Map<ProviderName, InstanceGroup> groups = new HashMap<>();
        for (ProviderSettings provider : settings.providers()) {
            groups.put(provider.name(), InstanceGroup.of(provider));
        }
        return new Balancer(groups);
    }

    /**
     * Picks an instance: lowest priority value first, inside it by weight.
     *
     * @param provider whose instance
     * @param tried instances that are not picked again
     * @return a lease, to be closed when the exchange is over
     * @throws io.llmgateway.model.GatewayException with {@link io.llmgateway.model.UpstreamFault.NoUsableInstance} when
     *     none is left
     */
    public Lease choose(ProviderName provider, Set<InstanceName> tried) {
        InstanceGroup group = groups.get(provider);
        if (group == null) {
            throw new IllegalArgumentException("no provider '" + provider + "'");
        }
        return group.choose(tried);
    }
}
