package io.llmgateway.settings;

import io.llmgateway.files.TlsListening;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The data listener: where clients connect, and what it accepts from them. Immutable, thread-safe.
 *
 * @param host address or name to listen on; anything but loopback needs {@link #allowInsecureHttp()}
 * @param port 0 to 65535; 0 takes a free one
 * @param maxBody largest accepted request body
 * @param maxHeaders largest accepted number of header fields, 10 to 1000
 * @param maxConnections largest number of open client connections, 1 to 1,000,000
 * @param access whose connections and pages are taken
 * @param timeouts how long a client may take
 * @param streamKeepAlive how long a stream waits for its first content before the client gets a comment or a ping, and
 *     from then on as often, 1s to 10m; zero: never
 * @param memory how much requests and responses may hold
 * @param debugHeaders whether responses say which instance served them and what it cost in time
 * @param allowInsecureHttp whether clients on other machines may connect without TLS
 * @param tls how the listener speaks TLS; empty for plain HTTP
 * @param shutdown what happens at the end
 * @param warmUp how long at most the gateway sends itself requests at the start, before it says that it is ready, 0s to
 *     1m; zero: not at all
 */
public record ServerSettings(
        String host,
        int port,
        ByteSize maxBody,
        int maxHeaders,
        int maxConnections,
        Access access,
        ClientTimeouts timeouts,
        Duration streamKeepAlive,
        MemorySettings memory,
        boolean debugHeaders,
        boolean allowInsecureHttp,
        Optional<TlsListening> tls,
        ShutdownTimes shutdown,
        Duration warmUp) {
    /** Loopback only: a fresh install is not reachable from outside. */
    public static final String DEFAULT_HOST = "127.0.0.1";
    /** TCP port, 0 to 65535. */
    public static final int DEFAULT_PORT = 8080;
    /** 1KiB to 1GiB. */
    public static final ByteSize DEFAULT_MAX_BODY = ByteSize.ofMiB(32);
    /** Header fields per request, 10 to 1000. */
    public static final int DEFAULT_MAX_HEADERS = 100;
    /** Open client connections, 1 to 1,000,000. */
    public static final int DEFAULT_MAX_CONNECTIONS = 20_000;
    /** 0s or 1s to 10m. */
    public static final Duration DEFAULT_STREAM_KEEP_ALIVE = Duration.ofSeconds(15);
    /** 0s to 1m. */
    public static final Duration DEFAULT_WARM_UP = Duration.ofSeconds(2);
    /** Clients see which instance answered. */
    public static final boolean DEFAULT_DEBUG_HEADERS = true;

    /**
     * Whose connections and pages are taken. Immutable.
     *
     * @param maxConnectionsPerAddress most open connections of one address (of one /64 network of IPv6), loopback and
     *     trusted proxies excepted, 0 to 1,000,000; 0: no bound
     * @param corsOrigins origins whose pages may call the gateway from a browser; {@code *} for all, empty for none
     * @param trustedProxies proxies that are believed when they say where a request comes from; empty for none
     * @param proxyProtocol whether trusted proxies begin each connection with the PROXY protocol
     */
    public record Access(
            int maxConnectionsPerAddress,
            List<String> corsOrigins,
            List<Network> trustedProxies,
            boolean proxyProtocol) {
        /** Enough for a busy proxy in front, a quarter of what may be open; 0 to 1,000,000. */
        public static final int DEFAULT_MAX_CONNECTIONS_PER_ADDRESS = 5_000;
        /** X-Forwarded-For is believed, the PROXY protocol is not spoken. */
        public static final boolean DEFAULT_PROXY_PROTOCOL = false;

        /** Copies the lists. */
        public Access {
            corsOrigins = List.copyOf(corsOrigins);
            trustedProxies = List.copyOf(trustedProxies);
        }
    }

    /**
     * How long a client may take before its connection is closed; each 100ms to 1h. Immutable.
     *
     * @param header from the first byte of a request to the end of its header
     * @param body from the end of the header to the end of the body
     * @param writeTimeout how long a client may leave a full send buffer unread
     * @param idle how long a connection may stay open between requests
     */
    public record ClientTimeouts(Duration header, Duration body, Duration writeTimeout, Duration idle) {
        /** 100ms to 1h. */
        public static final Duration DEFAULT_HEADER = Duration.ofSeconds(10);
        /** 100ms to 1h. */
        public static final Duration DEFAULT_BODY = Duration.ofSeconds(60);
        /** 100ms to 1h. */
        public static final Duration DEFAULT_WRITE = Duration.ofSeconds(60);
        /** 100ms to 1h. */
        public static final Duration DEFAULT_IDLE = Duration.ofSeconds(60);
    }

    /**
     * How the gateway stops. Immutable.
     *
     * @param acceptPeriod how long new requests are still taken after it said that it is no longer ready, 0s to 10m
     * @param gracePeriod how long requests in flight may then go on, 0s to 1d
     */
    public record ShutdownTimes(Duration acceptPeriod, Duration gracePeriod) {
        /** 0s to 10m; a few seconds behind a load balancer that needs time to notice. */
        public static final Duration DEFAULT_ACCEPT_FOR = Duration.ZERO;
        /** 0s to 1d. */
        public static final Duration DEFAULT_GRACE_PERIOD = Duration.ofMinutes(10);
    }
}
