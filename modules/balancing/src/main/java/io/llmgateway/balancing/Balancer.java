package io.llmgateway.balancing;

import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.UpstreamFault;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.ProviderSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Picks one usable instance of a provider for each attempt and learns from what became of it. Choosing takes no lock
 * and, unless instances were excluded or are full, looks at one instance only. Thread-safe.
 */
public final class Balancer {
    private final Map<ProviderName, InstancePool> pools;

    /** Starts with the instances of the settings, all of them idle. */
    public Balancer(GatewaySettings settings) {
        this(settings, Map.of());
    }

    private Balancer(GatewaySettings settings, Map<InstanceName, InstanceState> known) {
        Map<ProviderName, InstancePool> byName = new HashMap<>();
        for (ProviderSettings provider : settings.providers()) {
            List<Instance> instances = new ArrayList<>();
            for (InstanceSettings instance : provider.instances()) {
                InstanceState state = known.get(instance.name());
                if (state == null || !state.baseUrl().equals(instance.baseUrl())) {
                    state = new InstanceState(instance.baseUrl());
                }
                instances.add(new Instance(instance, state));
            }
            byName.put(provider.name(), new InstancePool(provider, instances));
        }
        this.pools = Map.copyOf(byName);
    }

    /**
     * A balancer for new settings. Instances that kept their name and address keep their state, which both balancers
     * then share: requests in flight are counted once, whichever of the two they came from.
     */
    public Balancer withSettings(GatewaySettings settings) {
        Map<InstanceName, InstanceState> known = new HashMap<>();
        for (InstancePool pool : pools.values()) {
            for (Instance instance : pool.instances()) {
                known.put(instance.settings().name(), instance.state());
            }
        }
        return new Balancer(settings, known);
    }

    /**
     * Picks an instance and counts the attempt as in flight until the lease is closed.
     *
     * @param provider whose instances
     * @param excluded those that this request has tried already
     * @throws GatewayException with {@link UpstreamFault.NoUsableInstance} when none is left; its message counts the
     *     instances by state
     */
    public Lease choose(ProviderName provider, Set<InstanceName> excluded) {
        InstancePool pool = pools.get(provider);
        if (pool == null) {
            String message = "provider '" + provider + "' is not configured any more";
            throw new GatewayException(new UpstreamFault.NoUsableInstance(message, Optional.empty()));
        }
        Instance chosen = pool.acquire(excluded);
        if (chosen == null) {
            throw new GatewayException(new UpstreamFault.NoUsableInstance(pool.describe(excluded), Optional.empty()));
        }
        return new Lease(pool.provider(), chosen);
    }

    /** Every instance as it is now, in the order of the configuration inside each provider. */
    public List<InstanceStatus> statuses() {
        List<InstanceStatus> statuses = new ArrayList<>();
        for (InstancePool pool : pools.values()) {
            for (Instance instance : pool.instances()) {
                statuses.add(instance.status(pool.provider().name()));
            }
        }
        return List.copyOf(statuses);
    }
}
