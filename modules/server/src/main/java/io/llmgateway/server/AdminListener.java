package io.llmgateway.server;

import io.llmgateway.model.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The listener operators talk to, on a port and with keys of its own, with the same guards as the one for clients.
 * Every path is denied that was not declared; whoever may look needs a key when one is configured, and nobody may
 * change anything without the admin's key. Thread-safe.
 */
public final class AdminListener implements AutoCloseable {
    /** Most connections of operators, whatever the process could hold. */
    public static final int MOST_CONNECTIONS = 256;

    private static ListenerLimits limits(int connections) {
        return new ListenerLimits(
                64 * 1024L,
                100,
                Math.clamp(connections, 1, MOST_CONNECTIONS),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ZERO);
    }

    private static final int OK = 200;

    private final Listener listener;
    private final List<Route> routes;

    private AdminListener(Listener listener, List<Route> routes) {
        this.listener = listener;
        this.routes = List.copyOf(routes);
    }

    /**
     * Opens the listener.
     *
     * @param address where to listen
     * @param connections most open connections, at most {@link #MOST_CONNECTIONS}
     * @param keys the active keys, asked for every request
     * @param routes everything that is served
     * @param nanoTime monotonic time in nanoseconds
     * @throws IOException when it cannot listen there, with the address, the setting and the reason
     */
    public static AdminListener open(
            DataListener.Address address,
            int connections,
            Supplier<Keys> keys,
            List<Route> routes,
            LongSupplier nanoTime)
            throws IOException {
        return new AdminListener(
                Listener.open(
                        address,
                        "admin.port",
                        limits(connections),
                        Edge.NONE,
                        new AdminHandler(keys, routes),
                        nanoTime),
                routes);
    }

    /** The port it listens on. */
    public int port() {
        return listener.port();
    }

    /** Everything that is served. */
    public List<Route> routes() {
        return routes;
    }

    /** Whether connections can be made to it, tried with one. */
    public boolean accepts() {
        return listener.accepts();
    }

    @Override
    public void close() {
        listener.close();
    }

    /**
     * Who may do what. Immutable.
     *
     * @param admin for everything; empty: all may look, which loopback alone allows, and nobody may change anything
     * @param read for looking only; empty for none
     */
    public record Keys(Secret admin, Secret read) {}

    /**
     * One thing the listener does. Immutable.
     *
     * @param path the exact path
     * @param change true when it changes something: it takes POST and needs the admin's key; else GET and either key
     * @param open true when it needs no key
     * @param page what it does
     */
    public record Route(String path, boolean change, boolean open, Page page) {
        /** Something that anybody may look at who reaches the listener: load balancers and supervisors have no key. */
        public static Route open(String path, Page page) {
            return new Route(path, false, true, page);
        }

        /** Something to look at. */
        public static Route look(String path, Page page) {
            return new Route(path, false, false, page);
        }

        /** Something that changes the gateway. */
        public static Route change(String path, Page page) {
            return new Route(path, true, false, page);
        }
    }

    /** Makes an answer anew for every request. */
    @FunctionalInterface
    public interface Page {
        /**
         * The answer.
         *
         * @param query the parameters of the query
         * @throws IllegalArgumentException with what is wrong with the query
         */
        Reply answer(Map<String, String> query);
    }

    /**
     * An answer.
     *
     * @param status HTTP status
     * @param contentType its media type
     * @param text its body
     */
    public record Reply(int status, String contentType, String text) {
        /** JSON, all in order. */
        public static Reply json(String text) {
            return json(OK, text);
        }

        /** JSON with a status. */
        public static Reply json(int status, String text) {
            return new Reply(status, "application/json", text);
        }
    }
}
