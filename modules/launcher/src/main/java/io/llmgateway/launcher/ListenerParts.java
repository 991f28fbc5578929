package io.llmgateway.launcher;

import io.llmgateway.files.TlsListening;
import io.llmgateway.server.Edge;
import io.llmgateway.server.ListenerLimits;
import io.llmgateway.server.ListenerTls;
import io.llmgateway.settings.Network;
import io.llmgateway.settings.ServerSettings;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Makes what the listeners are opened with from the settings. Stateless. */
final class ListenerParts {
    private static final System.Logger LOG = System.getLogger(ListenerParts.class.getName());

    private ListenerParts() {}

    static Optional<ListenerTls> tls(Optional<TlsListening> settings) throws IOException {
        return settings.isPresent() ? Optional.of(new ListenerTls(settings.get())) : Optional.empty();
    }

    /** New connections get the certificates that are in the files now; open ones keep theirs. */
    static void renew(Optional<ListenerTls> tls, Optional<TlsListening> settings) {
        if (tls.isPresent() && settings.isPresent()) {
            try {
                tls.get().renew(settings.get());
            } catch (IOException e) {
                LOG.log(System.Logger.Level.ERROR, "the certificate stays the old one: " + e.getMessage());
            }
        }
    }

    static Edge edge(ServerSettings.Access access) {
        List<Network> proxies = access.trustedProxies();
        return new Edge(
                access.maxConnectionsPerAddress(),
                access.corsOrigins(),
                address -> proxies.stream().anyMatch(each -> each.contains(address)),
                access.proxyProtocol());
    }

    static ListenerLimits limits(ServerSettings server, int maxConnections) {
        return new ListenerLimits(
                server.maxBody().bytes(),
                server.maxHeaders(),
                maxConnections,
                server.timeouts().header(),
                server.timeouts().body(),
                server.timeouts().writeTimeout(),
                server.timeouts().idle(),
                server.streamKeepAlive());
    }
}
