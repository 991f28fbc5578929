package io.llmgateway.settings.read;

import static io.llmgateway.settings.ServerSettings.Access;
import static io.llmgateway.settings.ServerSettings.ClientTimeouts;
import static io.llmgateway.settings.ServerSettings.ShutdownTimes;

import io.llmgateway.files.TlsListening;
import io.llmgateway.model.Secret;
import io.llmgateway.settings.AdminSettings;
import io.llmgateway.settings.ByteSize;
import io.llmgateway.settings.MemorySettings;
import io.llmgateway.settings.Network;
import io.llmgateway.settings.ServerSettings;
import io.llmgateway.settings.reference.SettingSpec.Kind;
import io.llmgateway.settings.tree.Redacted;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the sections {@code server} and {@code admin}. Thread-safe. */
final class ListenerReader {
    private static final int MAX_PORT = 65_535;
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(100);
    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

    private static final Duration MIN_KEEP_ALIVE = Duration.ofSeconds(1);
    private static final Duration MAX_KEEP_ALIVE = Duration.ofMinutes(10);

    private ListenerReader() {}

    static ServerSettings server(Section server) {
        String host = host(server, ServerSettings.DEFAULT_HOST);
        boolean allowInsecureHttp = server.flag("allow-insecure-http").orElse(false);
        Optional<TlsListening> tls = TlsReader.listening(server.section("tls"));
        if (!Hosts.isLoopback(host) && !allowInsecureHttp && tls.isEmpty()) {
            server.problemAt(
                    "host",
                    "clients on other machines would send keys unencrypted; configure server.tls, listen on "
                            + "127.0.0.1 behind a TLS"
                            + " proxy, or set allow-insecure-http: true, was " + Redacted.of(host));
        }
        return new ServerSettings(
                host,
                server.integer("port", 0, MAX_PORT).orElse(ServerSettings.DEFAULT_PORT),
                server.size("max-body", ByteSize.ofKiB(1), ByteSize.ofMiB(1_024))
                        .orElse(ServerSettings.DEFAULT_MAX_BODY),
                server.integer("max-headers", 10, 1_000).orElse(ServerSettings.DEFAULT_MAX_HEADERS),
                server.integer("max-connections", 1, 1_000_000).orElse(ServerSettings.DEFAULT_MAX_CONNECTIONS),
                access(server),
                new ClientTimeouts(
                        timeout(server, "header-timeout").orElse(ClientTimeouts.DEFAULT_HEADER),
                        timeout(server, "body-timeout").orElse(ClientTimeouts.DEFAULT_BODY),
                        timeout(server, "write-timeout").orElse(ClientTimeouts.DEFAULT_WRITE),
                        timeout(server, "idle-timeout").orElse(ClientTimeouts.DEFAULT_IDLE)),
                keepAlive(server),
                memory(server.section("memory")),
                server.flag("debug-headers").orElse(ServerSettings.DEFAULT_DEBUG_HEADERS),
                allowInsecureHttp,
                tls,
                shutdown(server.section("shutdown")),
                warmUp(server));
    }

    private static Access access(Section server) {
        Value<Boolean> proxyProtocol = server.flag("proxy-protocol");
        List<Network> proxies =
                server.items("trusted-proxies", new Kind.Text("network or address"), Network::parse).stream()
                        .map(Section.Item::value)
                        .toList();
        if (proxies.isEmpty() && proxyProtocol.orElse(Access.DEFAULT_PROXY_PROTOCOL)) {
            server.problemAt(
                    "proxy-protocol", "needs server.trusted-proxies: whoever else connects could claim any address");
        }
        return new Access(
                server.integer("max-connections-per-address", 0, 1_000_000)
                        .orElse(Access.DEFAULT_MAX_CONNECTIONS_PER_ADDRESS),
                server.items("cors-origins", new Kind.Text("origin"), ListenerReader::origin).stream()
                        .map(Section.Item::value)
                        .toList(),
                proxies,
                proxyProtocol.orElse(Access.DEFAULT_PROXY_PROTOCOL));
    }

    /** An origin as browsers send it: RFC 6454, 6.2. */
    private static String origin(String text) {
        if ("*".equals(text)) {
            return text;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        boolean known = lower.startsWith("https://") || lower.startsWith("http://");
        String rest = known ? lower.substring(lower.indexOf("//") + 2) : "";
        if (rest.isEmpty() || rest.chars().anyMatch(c -> c <= ' ' || c > '~' || "/?#@*,".indexOf(c) >= 0)) {
            throw new IllegalArgumentException("must be an origin such as https://app.example.com, or *");
        }
        return lower;
    }

    static AdminSettings admin(Section admin) {
        boolean enabled = admin.flag("enabled").orElse(AdminSettings.DEFAULT_ENABLED);
        String host = host(admin, AdminSettings.DEFAULT_HOST);
        int port = admin.integer("port", 0, MAX_PORT).orElse(AdminSettings.DEFAULT_PORT);
        Value<String> key = admin.secret("key")
                .check(
                        text -> text.length() >= AdminSettings.MIN_KEY_LENGTH,
                        "an admin key must have at least " + AdminSettings.MIN_KEY_LENGTH + " characters");
        Value<String> readKey = admin.secret("read-key")
                .check(
                        text -> text.length() >= AdminSettings.MIN_KEY_LENGTH,
                        "an admin key must have at least " + AdminSettings.MIN_KEY_LENGTH + " characters");
        if (readKey.written() && !key.written()) {
            admin.problemAt("read-key", "means nothing without admin.key");
        }
        boolean allowInsecureHttp = admin.flag("allow-insecure-http").orElse(false);
        Optional<TlsListening> tls = TlsReader.listening(admin.section("tls"));
        if (enabled && tls.isEmpty() && !allowInsecureHttp && !Hosts.isLoopback(host)) {
            admin.problemAt(
                    "host",
                    "operators on other machines would send the admin key unencrypted; configure admin.tls, listen on"
                            + " 127.0.0.1, or set allow-insecure-http: true, was " + Redacted.of(host));
        }
        if (enabled && !key.written() && !Hosts.isLoopback(host)) {
            admin.problemAt(
                    "host",
                    "an admin listener that other machines can reach needs admin.key, was " + Redacted.of(host));
        }
        return new AdminSettings(enabled, host, port, Secret.of(key.orElse("")), Secret.of(readKey.orElse("")), tls);
    }

    /** Two listeners cannot have one port of one address; 0 is another free port for each. */
    static void apart(Section section, ServerSettings server, AdminSettings admin) {
        boolean same = server.host().equals(admin.host()) || anyAddress(server.host()) || anyAddress(admin.host());
        if (admin.enabled() && server.port() != 0 && server.port() == admin.port() && same) {
            section.problemAt("port", "must not be the port of the server, was " + admin.port());
        }
    }

    private static boolean anyAddress(String host) {
        return host.equals("0.0.0.0") || host.equals("::") || host.equals("[::]");
    }

    private static Duration warmUp(Section server) {
        return server.duration("warm-up", Duration.ZERO, Duration.ofMinutes(1)).orElse(ServerSettings.DEFAULT_WARM_UP);
    }

    private static Duration keepAlive(Section server) {
        return server.duration("stream-keep-alive", Duration.ZERO, MAX_KEEP_ALIVE)
                .check(time -> time.isZero() || time.compareTo(MIN_KEEP_ALIVE) >= 0, "must be 0s or at least 1s")
                .orElse(ServerSettings.DEFAULT_STREAM_KEEP_ALIVE);
    }

    private static MemorySettings memory(Section memory) {
        return new MemorySettings(
                memory.parsed("budget", "share of the heap such as 50%, or size", MemorySettings.Budget::parse)
                        .orElse(MemorySettings.DEFAULT.budget()),
                memory.duration("max-wait", Duration.ZERO, Duration.ofMinutes(1))
                        .orElse(MemorySettings.DEFAULT.maxWait()));
    }

    private static ShutdownTimes shutdown(Section shutdown) {
        return new ShutdownTimes(
                shutdown.duration("accept-period", Duration.ZERO, Duration.ofMinutes(10))
                        .orElse(ShutdownTimes.DEFAULT_ACCEPT_FOR),
                shutdown.duration("grace-period", Duration.ZERO, Duration.ofDays(1))
                        .orElse(ShutdownTimes.DEFAULT_GRACE_PERIOD));
    }

    private static Value<Duration> timeout(Section server, String key) {
        return server.duration(key, MIN_TIMEOUT, MAX_TIMEOUT);
    }

    private static String host(Section listener, String fallback) {
        return listener.parsed("host", "host name or IP address", Hosts::parse).orElse(fallback);
    }
}
