package io.llmgateway.launcher;

import io.llmgateway.model.InstanceName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.pipeline.Snapshot.InstanceRuntime;
import io.llmgateway.pipeline.Snapshot.ProviderRuntime;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.PoolSettings;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.upstream.ConnectionPool;
import io.llmgateway.upstream.HttpTransport;
import io.llmgateway.upstream.Origin;
import io.llmgateway.upstream.Providers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns configured providers into running ones. Thread-safe. */
final class ProviderFactory {
    private final Providers types = Providers.load();
    private final HttpTransport transport;

    ProviderFactory(HttpTransport transport) {
        this.transport = transport;
    }

    /**
     * Opens the providers; instances whose address, bounds and certificates did not change keep their connections.
     *
     * @throws IOException when a trust file cannot be used; nothing is open then that was not before
     */
    Map<ProviderName, ProviderRuntime> open(GatewaySettings settings, Map<ProviderName, ProviderRuntime> before)
            throws IOException {
        List<ConnectionPool> opened = new ArrayList<>();
        try {
            Map<ProviderName, ProviderRuntime> all = new HashMap<>();
            for (ProviderSettings provider : settings.providers()) {
                Map<InstanceName, InstanceRuntime> instances = new HashMap<>();
                for (InstanceSettings instance : provider.instances()) {
                    ConnectionPool pool = kept(provider, instance, before.get(provider.name()));
                    if (pool == null) {
                        pool = transport.pool(origin(provider, instance));
                        opened.add(pool);
                    }
                    instances.put(instance.name(), new InstanceRuntime(instance, pool));
                }
                all.put(
                        provider.name(),
                        new ProviderRuntime(provider, types.type(provider.type().wire()), instances));
            }
            return all;
        } catch (IOException e) {
            opened.forEach(pool -> transport.retire(pool, Duration.ZERO));
            throw e;
        }
    }

    private static @Nullable ConnectionPool kept(
            ProviderSettings provider, InstanceSettings instance, @Nullable ProviderRuntime before) {
        if (before == null || !before.settings().tls().equals(provider.tls())) {
            return null;
        }
        InstanceRuntime known = before.instances().get(instance.name());
        return known != null && known.pool().origin().equals(origin(provider, instance)) ? known.pool() : null;
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
                new Origin.PoolLimits(pool.maxActive(), pool.maxIdle(), pool.idleTimeout(), pool.maxAge()),
                new Origin.TlsOptions(
                        provider.tls().caCertificates(),
                        provider.tls().identity(),
                        provider.tls().insecureSkipVerify()),
                provider.proxy()
                        .map(proxy -> new Origin.ForwardProxy(
                                proxy.url().host(), proxy.url().port(), proxy.authorization())));
    }
}
