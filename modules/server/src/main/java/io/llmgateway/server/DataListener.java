package io.llmgateway.server;

import io.helidon.common.socket.SocketOptions;
import io.helidon.http.DirectHandler;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.llmgateway.pipeline.RequestHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The listener applications talk to: HTTP/1.1 only, every bound set, one handler that denies what is not on its list.
 * Thread-safe.
 */
public final class DataListener implements AutoCloseable {
    private static final int MAX_HEAD_BYTES = 16 * 1024;
    private static final int MAX_FIRST_LINE_BYTES = 4 * 1024;
    private static final int BACKLOG = 1024;
    private static final Duration NEVER_IDLE = Duration.ofDays(365);

    private final WebServer server;
    private final ConnectionWatchdog watchdog;

    private DataListener(WebServer server, ConnectionWatchdog watchdog) {
        this.server = server;
        this.watchdog = watchdog;
    }

    /**
     * Opens the listener.
     *
     * @param address where to listen
     * @param limits what is accepted
     * @param handler who answers
     * @param nanoTime monotonic time in nanoseconds
     * @throws IOException when it cannot listen there, with the address, the setting and the reason; nothing is left
     *     open
     */
    public static DataListener open(
            Address address, ListenerLimits limits, RequestHandler handler, LongSupplier nanoTime) throws IOException {
        ConnectionWatchdog watchdog = new ConnectionWatchdog(nanoTime);
        WebServerConfig.Builder builder = WebServer.builder();
        if (address.tls().isPresent()) {
            builder.tls(address.tls().get().tls());
        }
        builder.backlog(BACKLOG)
                .maxPayloadSize(limits.maxRawBytes())
                .maxTcpConnections(limits.maxConnections())
                // its clock starts with a request, so that long ones would end their connections: the watchdog keeps
                // ours
                .idleConnectionTimeout(NEVER_IDLE)
                .idleConnectionPeriod(Duration.ofSeconds(5))
                // streams are waited for by the drain; what is left when the server stops is cut
                .shutdownGracePeriod(Duration.ofSeconds(1))
                .shutdownHook(false)
                .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
                .protocolsDiscoverServices(false)
                .addConnectionSelector(selector(limits, watchdog, nanoTime))
                .directHandlers(framingErrors(limits, handler))
                .routing(HttpRouting.builder().any(new DataHandler(handler, limits, nanoTime)));
        try {
            return new DataListener(Listening.start(builder, address, "server.port"), watchdog);
        } catch (IOException | RuntimeException e) {
            watchdog.close();
            throw e;
        }
    }

    /**
     * Where to listen.
     *
     * @param host address or name
     * @param port 0 for any free one
     * @param tls how it speaks TLS; empty for plain HTTP
     */
    public record Address(String host, int port, Optional<ListenerTls> tls) {}

    private static GuardedConnectionSelector selector(
            ListenerLimits limits, ConnectionWatchdog watchdog, LongSupplier nanoTime) {
        Http1Config config = Http1Config.builder()
                .maxHeadersSize(MAX_HEAD_BYTES)
                .maxPrologueLength(MAX_FIRST_LINE_BYTES)
                .validateRequestHeaders(true)
                .validateResponseHeaders(true)
                .addReceiveListener(new PhaseListener(limits.headerTimeout(), nanoTime))
                .build();
        return new GuardedConnectionSelector(
                Http1ConnectionSelector.builder().config(config).build(), watchdog, limits, nanoTime);
    }

    private static DirectHandlers framingErrors(ListenerLimits limits, RequestHandler handler) {
        FramingErrors errors = new FramingErrors(limits.maxBodyBytes(), handler::errorBody);
        DirectHandlers.Builder builder = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            builder.addHandler(type, errors);
        }
        return builder.build();
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    /** Ends every request that runs: its client is told in its protocol that the gateway stops. */
    public void stopRequests() {
        watchdog.stopRequests();
    }

    /** How many connections are open. */
    public int connections() {
        return watchdog.open();
    }

    @Override
    public void close() {
        server.stop();
        watchdog.close();
    }
}
