package io.llmgateway.server;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;

/** Makes every connection that Helidon accepts one of ours, before a byte of it has come. Thread-safe. */
final class Selector implements ServerConnectionSelector {
    private static final long HEAP_PARTS = 16;
    private static final long HANDSHAKE_BYTES = 14 * 1024L;
    private static final int LEAST_HANDSHAKES = 64;
    private static final int MOST_HANDSHAKES = 4_096;

    private final Connections connections;
    private final HttpHandler handler;
    private final ListenerLimits limits;
    private final Edge edge;
    private final Optional<Supplier<SSLEngine>> tls;
    private final Handshakes handshakes;

    Selector(
            Connections connections,
            HttpHandler handler,
            ListenerLimits limits,
            Edge edge,
            Optional<Supplier<SSLEngine>> tls) {
        this.edge = edge;
        this.connections = connections;
        this.handler = handler;
        this.limits = limits;
        this.tls = tls;
        this.handshakes = new Handshakes(mostHandshakes(Runtime.getRuntime().maxMemory()));
    }

    /** As many as hold a sixteenth of the heap. */
    private static int mostHandshakes(long heapBytes) {
        return Math.clamp(heapBytes / HEAP_PARTS / HANDSHAKE_BYTES, LEAST_HANDSHAKES, MOST_HANDSHAKES);
    }

    @Override
    public int bytesToIdentifyConnection() {
        return 0;
    }

    @Override
    public Support supports(BufferData data) {
        return Support.SUPPORTED;
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return Set.of();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        ClientSocket plain = new HelidonSocketAdapter(context.serverSocket());
        ClientSocket socket = tls.isPresent() ? new TlsSocket(plain, tls.get(), handshakes) : plain;
        InetAddress address = address(context);
        boolean announced = edge.proxyProtocol() && edge.trusted().test(address);
        return new ClientConnection(
                socket, new Peer(address, announced ? plain : null, edge.trusted()), connections, handler, limits);
    }

    private static InetAddress address(ConnectionContext context) {
        return context.remotePeer().address() instanceof InetSocketAddress socket && socket.getAddress() != null
                ? socket.getAddress()
                : InetAddress.getLoopbackAddress();
    }
}
