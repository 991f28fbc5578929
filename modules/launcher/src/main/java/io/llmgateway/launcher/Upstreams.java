package io.llmgateway.launcher;

import io.llmgateway.metrics.GatewayMetrics;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.pipeline.Snapshot.InstanceRuntime;
import io.llmgateway.pipeline.Snapshot.ProviderRuntime;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.PoolSettings;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.upstream.HttpTransport;
import io.llmgateway.upstream.InstancePool;
import io.llmgateway.upstream.Origin;
import io.llmgateway.upstream.Providers;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Turns configured providers into running ones. Stateless. */
final class Upstreams {
    private Upstreams() {}

    static Map<ProviderName, ProviderRuntime> open(
            GatewaySettings settings, Providers types, HttpTransport transport, GatewayMetrics metrics)
            throws IOException {
        Map<ProviderName, ProviderRuntime> all = new HashMap<>();
        for (ProviderSettings provider : settings.providers()) {
            Map<InstanceName, InstanceRuntime> instances = new HashMap<>();
            for (InstanceSettings instance : provider.instances()) {
                InstancePool pool = transport.pool(origin(provider, instance));
                metrics.connections(instance.name(), pool::activeCount, pool::idleCount);
                instances.put(instance.name(), new InstanceRuntime(instance, pool));
            }
            all.put(
                    provider.name(),
                    new ProviderRuntime(provider, types.type(provider.type().wire()), instances));
        }
        return all;
    }

    private static Origin origin(ProviderSettings provider, InstanceSettings instance) {
        PoolSettings pool = provider.pool();
        return new Origin(
                instance.name(),
                instance.baseUrl().secure(),
                instance.baseUrl().host(),
                instance.baseUrl().port(),
                instance.baseUrl().path(),
                instance.timeouts().connect(),
                new Origin.PoolLimits(pool.maxActive(), pool.maxIdle(), pool.idleExpiry(), pool.maxAge()),
                new Origin.TlsOptions(
                        provider.tls().trust(),
                        provider.tls().identity(),
                        provider.tls().insecure()),
                provider.proxy()
                        .map(proxy -> new Origin.ForwardProxy(
                                proxy.url().host(), proxy.url().port(), proxy.authorization())));
    }
}
