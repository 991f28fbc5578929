package io.llmgateway.server;

import io.helidon.common.socket.SocketOptions;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;

/**
 * A listener: Helidon accepts connections and gives each a virtual thread, everything from the first byte on is ours.
 * Both listeners are of this kind, so that the same bounds hold for clients and for operators. Thread-safe.
 */
final class Listener implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final Duration NEVER_IDLE = Duration.ofDays(365);

    /** How long a try to connect to ourselves may take, in milliseconds. */
    private static final int TRY_MILLIS = 1_000;

    private final WebServer server;
    private final Connections connections;
    private final String host;

    private Listener(WebServer server, Connections connections, String host) {
        this.host = host;
        this.server = server;
        this.connections = connections;
    }

    /**
     * Opens a listener.
     *
     * @param address where to listen
     * @param setting the setting that names the port, for the error
     * @param limits what is accepted
     * @param edge whose connections are taken
     * @param handler who answers
     * @param nanoTime monotonic time in nanoseconds
     * @throws IOException when it cannot listen there, with the address, the setting and the reason; nothing is left
     *     open
     */
    static Listener open(
            DataListener.Address address,
            String setting,
            ListenerLimits limits,
            Edge edge,
            HttpHandler handler,
            LongSupplier nanoTime)
            throws IOException {
        Optional<Supplier<SSLEngine>> tls = Optional.empty();
        if (address.tls().isPresent()) {
            tls = Optional.of(address.tls().get()::engine);
        }
        Connections connections = new Connections(limits.maxConnections(), edge, nanoTime);
        WebServerConfig.Builder builder = WebServer.builder()
                .backlog(BACKLOG)
                .maxTcpConnections(limits.maxConnections())
                // its channels write arrays of any size at once, and keep one buffer for each connection instead of two
                .useNio(false)
                // its clock starts with a request, so that long ones would end their connections: ours is kept by the
                // watchdog
                .idleConnectionTimeout(NEVER_IDLE)
                // streams are waited for by the drain; what is left when the server stops is cut
                .shutdownGracePeriod(Duration.ofSeconds(1))
                .shutdownHook(false)
                .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
                .protocolsDiscoverServices(false)
                .addConnectionSelector(new Selector(connections, handler, limits, edge, tls));
        try {
            return new Listener(Listening.start(builder, address, setting), connections, address.host());
        } catch (IOException | RuntimeException e) {
            connections.close();
            throw e;
        }
    }

    int port() {
        return server.port();
    }

    /**
     * Whether connections can be made to it, tried with one: Helidon only logs that its thread has ended. What says
     * neither yes nor no, such as a lack of file descriptors for the try, counts as yes.
     */
    boolean accepts() {
        try (Socket attempt = new Socket()) {
            InetAddress address = InetAddress.getByName(host);
            attempt.connect(
                    new InetSocketAddress(
                            address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address, port()),
                    TRY_MILLIS);
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    Connections connections() {
        return connections;
    }

    @Override
    public void close() {
        server.stop();
        connections.close();
    }
}
