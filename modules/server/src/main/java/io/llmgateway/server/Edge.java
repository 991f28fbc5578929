package io.llmgateway.server;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;

/**
 * Whose connections and pages a listener takes. Immutable.
 *
 * @param maxConnectionsPerAddress most open connections of one address, loopback and trusted ones excepted; 0 for no
 *     bound
 * @param corsOrigins origins whose pages may call from a browser, in lower case; {@code *} for all, empty for none
 * @param trusted the proxies that are believed when they say where a request comes from
 * @param proxyProtocol whether trusted proxies begin each connection with the PROXY protocol
 */
public record Edge(
        int maxConnectionsPerAddress, List<String> corsOrigins, Predicate<InetAddress> trusted, boolean proxyProtocol) {
    /** No bound by address, no pages, no proxies. */
    public static final Edge NONE = new Edge(0, List.of(), _ -> false, false);

    /** Copies the list. */
    public Edge {
        corsOrigins = List.copyOf(corsOrigins);
    }
}
