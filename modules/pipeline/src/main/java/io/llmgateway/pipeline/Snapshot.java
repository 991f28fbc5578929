package io.llmgateway.pipeline;

import io.llmgateway.auth.Authenticator;
import io.llmgateway.balancing.Balancer;
import io.llmgateway.limits.Limiter;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.routing.Router;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.PriceList;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.upstream.ConnectionPool;
import io.llmgateway.upstream.Provider;
import java.util.Map;

/**
 * Everything one configuration means at run time, built as a whole and swapped as a whole. A request takes one snapshot
 * at its beginning and keeps it to its end. Immutable, thread-safe.
 *
 * @param authenticator who may come in
 * @param limiter who may use how much
 * @param prices what tokens cost
 * @param router where models lead
 * @param balancer which instance is next
 * @param providers every provider by name
 * @param debugHeaders true when answers carry the {@code x-gateway-} headers
 */
public record Snapshot(
        Authenticator authenticator,
        Limiter limiter,
        PriceList prices,
        Router router,
        Balancer balancer,
        Map<ProviderName, ProviderRuntime> providers,
        boolean debugHeaders) {
    public Snapshot {
        providers = Map.copyOf(providers);
    }

    /** The provider with this name; the configuration was checked, so that it exists. */
    ProviderRuntime provider(ProviderName name) {
        ProviderRuntime provider = providers.get(name);
        if (provider == null) {
            throw new IllegalStateException("provider '" + name + "' is routed to but not configured");
        }
        return provider;
    }

    /**
     * One provider.
     *
     * @param settings how it is configured
     * @param type what it is
     * @param instances its instances by name
     */
    public record ProviderRuntime(
            ProviderSettings settings, Provider type, Map<InstanceName, InstanceRuntime> instances) {
        public ProviderRuntime {
            instances = Map.copyOf(instances);
        }
    }

    /**
     * One instance.
     *
     * @param settings how it is configured
     * @param pool its connections
     * @param standing the header fields of every request to it
     */
    public record InstanceRuntime(InstanceSettings settings, ConnectionPool pool, BaseHeaders standing) {
        /** With fields that are encoded when they are first needed. */
        public InstanceRuntime(InstanceSettings settings, ConnectionPool pool) {
            this(settings, pool, new BaseHeaders());
        }
    }
}
