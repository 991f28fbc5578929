package io.llmgateway.launcher;

import io.llmgateway.files.TlsListening;
import io.llmgateway.settings.AdminSettings;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.ServerSettings;
import io.llmgateway.settings.UsageSettings;
import java.util.Optional;

/**
 * The settings that were used when things were opened: listeners, the ledger, metrics, the watch. They hold until the
 * process ends, whatever is read later. Immutable, thread-safe.
 *
 * @param settings those of the start
 */
record StartedWith(GatewaySettings settings) {
    /** What really holds once these settings are applied: they themselves, but for what needs another start. */
    GatewaySettings holds(GatewaySettings next) {
        return new GatewaySettings(
                server(next.server()),
                admin(next.admin()),
                next.auth(),
                next.groups(),
                next.limits(),
                usage(next.usage()),
                next.logging(),
                next.tracing(),
                settings.genAi(),
                next.keys(),
                next.providers(),
                next.routing(),
                next.metrics(),
                settings.reload());
    }

    private ServerSettings server(ServerSettings next) {
        ServerSettings opened = settings.server();
        return new ServerSettings(
                opened.host(),
                opened.port(),
                opened.maxBody(),
                opened.maxHeaders(),
                opened.maxConnections(),
                opened.access(),
                opened.timeouts(),
                opened.streamKeepAlive(),
                next.memory(),
                next.debugHeaders(),
                next.allowInsecureHttp(),
                tls(opened.tls(), next.tls()),
                next.shutdown(),
                opened.warmUp());
    }

    private AdminSettings admin(AdminSettings next) {
        AdminSettings opened = settings.admin();
        return new AdminSettings(
                opened.enabled(),
                opened.host(),
                opened.port(),
                next.key(),
                next.readKey(),
                tls(opened.tls(), next.tls()));
    }

    private UsageSettings usage(UsageSettings next) {
        UsageSettings opened = settings.usage();
        return new UsageSettings(opened.database(), opened.retention(), opened.zone(), next.prices());
    }

    /** Files are read anew; whether there is TLS at all, and whether clients are asked who they are, is not changed. */
    private static Optional<TlsListening> tls(Optional<TlsListening> opened, Optional<TlsListening> next) {
        if (opened.isEmpty() || next.isEmpty()) {
            return opened;
        }
        boolean asked = opened.get().clientCaCertificates().isPresent();
        boolean both = asked && next.get().clientCaCertificates().isPresent();
        return Optional.of(new TlsListening(
                next.get().identity(),
                both ? next.get().clientCaCertificates() : opened.get().clientCaCertificates(),
                opened.get().clientRequired(),
                next.get().content()));
    }
}
