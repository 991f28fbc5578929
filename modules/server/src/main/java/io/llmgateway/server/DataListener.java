package io.llmgateway.server;

import io.llmgateway.pipeline.RequestHandler;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The listener applications talk to: HTTP/1.1 only, every bound set, one handler that denies what is not on its list.
 * Thread-safe.
 */
public final class DataListener implements AutoCloseable {
    private final Listener listener;

    private DataListener(Listener listener) {
        this.listener = listener;
    }

    /**
     * Opens the listener.
     *
     * @param address where to listen
     * @param limits what is accepted
     * @param edge whose connections and pages are taken
     * @param handler who answers
     * @param nanoTime monotonic time in nanoseconds
     * @throws IOException when it cannot listen there, with the address, the setting and the reason; nothing is left
     *     open
     */
    public static DataListener open(
            Address address, ListenerLimits limits, Edge edge, RequestHandler handler, LongSupplier nanoTime)
            throws IOException {
        return new DataListener(
                Listener.open(address, "server.port", limits, edge, new DataHandler(handler, edge), nanoTime));
    }

    /**
     * Where to listen.
     *
     * @param host address or name
     * @param port 0 for any free one
     * @param tls how it speaks TLS; empty for plain HTTP
     */
    public record Address(String host, int port, Optional<ListenerTls> tls) {}

    /** The port it listens on. */
    public int port() {
        return listener.port();
    }

    /** Ends every request that runs: its client is told in its protocol that the gateway stops. */
    public void stopRequests() {
        listener.connections().stopRequests();
    }

    /** How many connections are open. */
    public int connections() {
        return listener.connections().open();
    }

    /** How many connections were refused because their address had too many. */
    public long refused() {
        return listener.connections().refused();
    }

    /** How many connections of trusted proxies were closed for their header of the PROXY protocol. */
    public long unannounced() {
        return listener.connections().unannounced();
    }

    /** How many connections were closed to make room for others. */
    public long evicted() {
        return listener.connections().evicted();
    }

    /** Whether connections can be made to it, tried with one. */
    public boolean accepts() {
        return listener.accepts();
    }

    @Override
    public void close() {
        listener.close();
    }
}
