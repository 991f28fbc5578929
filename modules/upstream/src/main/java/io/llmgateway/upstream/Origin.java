package io.llmgateway.upstream;

import io.llmgateway.files.TlsIdentity;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where one instance lives and how its connections are kept. Immutable.
 *
 * @param instance the instance, for messages and metrics
 * @param secure true for TLS
 * @param host host name or address
 * @param port TCP port
 * @param basePath path every request begins with; empty, or with a leading and no trailing slash
 * @param connectTimeout longest time to a connected socket, TLS handshake and waiting for a free connection included
 * @param pool bounds of the connection pool
 * @param tls whom to trust
 * @param proxy the HTTP proxy that is configured for it; empty = straight, whatever the environment says
 */
public record Origin(
        InstanceName instance,
        boolean secure,
        String host,
        int port,
        String basePath,
        Duration connectTimeout,
        PoolLimits pool,
        TlsOptions tls,
        Optional<ForwardProxy> proxy) {

    /** Without a proxy. */
    public Origin(
            InstanceName instance,
            boolean secure,
            String host,
            int port,
            String basePath,
            Duration connectTimeout,
            PoolLimits pool,
            TlsOptions tls) {
        this(instance, secure, host, port, basePath, connectTimeout, pool, tls, Optional.empty());
    }

    /** The value of the Host header. */
    String authority() {
        boolean usual = port == (secure ? 443 : 80);
        return usual ? host : host + ":" + port;
    }

    /** Host and port for messages. */
    String place() {
        return host + ":" + port;
    }

    /**
     * An HTTP proxy on the way: TLS goes through a tunnel (CONNECT), plain requests carry their whole URL.
     *
     * @param authorization the value of Proxy-Authorization; empty for none
     */
    public record ForwardProxy(String host, int port, Secret authorization) {}

    /**
     * Bounds of one instance's connection pool.
     *
     * @param maxActive most connections in use at once, 1 or more
     * @param maxIdle most idle connections kept
     * @param idleTimeout how long an idle connection is kept
     * @param maxAge how long any connection is used
     */
    public record PoolLimits(int maxActive, int maxIdle, Duration idleTimeout, Duration maxAge) {}

    /**
     * Whom to trust.
     *
     * @param trust a PEM file with certificates that are trusted instead of the system's
     * @param identity the certificate shown to instances that ask for one
     * @param insecure true to accept every certificate; for tests in closed networks only
     */
    public record TlsOptions(Optional<Path> trust, Optional<TlsIdentity> identity, boolean insecure) {
        /** The system's certificates. */
        public static final TlsOptions SYSTEM = new TlsOptions(Optional.empty(), Optional.empty(), false);
    }
}
