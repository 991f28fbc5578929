package io.llmgateway.server;

import io.helidon.common.socket.SocketOptions;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.llmgateway.model.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The listener operators talk to, on a port and with keys of its own. Every path is denied that was not declared;
 * whoever may look needs a key when one is configured, and nobody may change anything without the admin's key.
 * Thread-safe.
 */
public final class AdminListener implements AutoCloseable {
    private static final long MAX_BODY_BYTES = 64 * 1024L;
    private static final int MAX_CONNECTIONS = 256;

    private final WebServer server;
    private final List<Route> routes;

    private AdminListener(WebServer server, List<Route> routes) {
        this.server = server;
        this.routes = List.copyOf(routes);
    }

    /**
     * Opens the listener.
     *
     * @param address where to listen
     * @param keys the keys in force, asked for every request
     * @param routes everything that is served
     * @throws IOException when it cannot listen there, with the address, the setting and the reason
     */
    public static AdminListener open(DataListener.Address address, Supplier<Keys> keys, List<Route> routes)
            throws IOException {
        HttpRouting.Builder routing = HttpRouting.builder();
        routes.forEach(route ->
                routing.route(Method.create(route.change() ? "POST" : "GET"), route.path(), guarded(keys, route)));
        routes.forEach(route -> routing.any(route.path(), (_, response) -> {
            response.header(HeaderNames.ALLOW, route.change() ? "POST" : "GET");
            refuse(response, Status.METHOD_NOT_ALLOWED_405, "this path takes " + (route.change() ? "POST" : "GET"));
        }));
        routing.any((_, response) -> refuse(response, Status.NOT_FOUND_404, "not found"));
        WebServerConfig.Builder builder = WebServer.builder();
        if (address.tls().isPresent()) {
            builder.tls(address.tls().get().tls());
        }
        builder.maxPayloadSize(MAX_BODY_BYTES)
                .maxTcpConnections(MAX_CONNECTIONS)
                .shutdownGracePeriod(Duration.ofMillis(500))
                .shutdownHook(false)
                .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
                .routing(routing);
        return new AdminListener(Listening.start(builder, address, "admin.port"), routes);
    }

    private static Handler guarded(Supplier<Keys> keys, Route route) {
        return (request, response) -> {
            serve(keys.get(), route, request, response);
            if (request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
                throw new CloseConnectionException("the client asked for it");
            }
        };
    }

    private static void serve(Keys keys, Route route, ServerRequest request, ServerResponse response) {
        Secret presented = presented(request);
        boolean admin = !keys.admin().isEmpty() && keys.admin().equals(presented);
        boolean reader = admin || (!keys.read().isEmpty() && keys.read().equals(presented));
        if (!keys.admin().isEmpty() && !reader) {
            refuse(
                    response,
                    Status.UNAUTHORIZED_401,
                    "the admin key is missing or wrong; send it as 'Authorization: Bearer KEY'");
        } else if (route.change() && keys.admin().isEmpty()) {
            refuse(response, Status.FORBIDDEN_403, "changes need a key: set admin.key in the configuration");
        } else if (route.change() && !admin) {
            refuse(response, Status.FORBIDDEN_403, "this key may look, but not change anything");
        } else {
            send(route.page(), request, response);
        }
    }

    private static void refuse(ServerResponse response, Status status, String why) {
        response.status(status);
        response.send(why + "\n");
    }

    private static Secret presented(ServerRequest request) {
        String value = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
        boolean bearer = value.regionMatches(true, 0, "Bearer ", 0, "Bearer ".length());
        return Secret.of(bearer ? value.substring("Bearer ".length()).strip() : "");
    }

    private static void send(Page page, ServerRequest request, ServerResponse response) {
        Map<String, String> query = new HashMap<>();
        for (String name : request.query().names()) {
            query.put(name, request.query().get(name));
        }
        try {
            Reply reply = page.answer(query);
            response.status(Status.create(reply.status()));
            response.header(HeaderNames.CONTENT_TYPE, reply.contentType());
            response.send(reply.text().getBytes(StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            refuse(response, Status.BAD_REQUEST_400, String.valueOf(e.getMessage()));
        }
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    /** Everything that is served. */
    public List<Route> routes() {
        return routes;
    }

    @Override
    public void close() {
        server.stop();
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
     * @param page what it does
     */
    public record Route(String path, boolean change, Page page) {
        /** Something to look at. */
        public static Route look(String path, Page page) {
            return new Route(path, false, page);
        }

        /** Something that changes the gateway. */
        public static Route change(String path, Page page) {
            return new Route(path, true, page);
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
            return json(Status.OK_200.code(), text);
        }

        /** JSON with a status. */
        public static Reply json(int status, String text) {
            return new Reply(status, "application/json", text);
        }
    }
}
