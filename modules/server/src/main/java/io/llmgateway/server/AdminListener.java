package io.llmgateway.server;

import io.helidon.common.socket.SocketOptions;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.llmgateway.model.Secret;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The listener operators talk to, on a port and with a key of its own. Every path is denied that was not declared, and
 * every declared path needs the key when one is configured. Thread-safe.
 */
public final class AdminListener implements AutoCloseable {
    private static final long MAX_BODY_BYTES = 64 * 1024L;
    private static final int MAX_CONNECTIONS = 256;

    private final WebServer server;

    private AdminListener(WebServer server) {
        this.server = server;
    }

    /**
     * Opens the listener.
     *
     * @param host address to listen on
     * @param port port to listen on, 0 for any free one
     * @param keys what callers may present as a bearer token; empty only where the listener is on loopback
     * @param pages what is served, by path
     */
    public static AdminListener open(String host, int port, List<Secret> keys, Map<String, Page> pages) {
        HttpRouting.Builder routing = HttpRouting.builder();
        pages.forEach((path, page) -> routing.get(path, guarded(keys, page)));
        routing.any((request, response) -> {
            response.status(Status.NOT_FOUND_404);
            response.send("not found\n");
        });
        WebServer server = WebServer.builder()
                .host(host)
                .port(port)
                .maxPayloadSize(MAX_BODY_BYTES)
                .maxTcpConnections(MAX_CONNECTIONS)
                .shutdownGracePeriod(Duration.ofMillis(500))
                .shutdownHook(false)
                .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
                .routing(routing)
                .build()
                .start();
        return new AdminListener(server);
    }

    private static Handler guarded(List<Secret> keys, Page page) {
        return (request, response) -> {
            if (!keys.isEmpty() && !keys.contains(presented(request))) {
                response.status(Status.UNAUTHORIZED_401);
                response.send("the admin key is missing or wrong; send it as 'Authorization: Bearer KEY'\n");
            } else {
                send(page, request, response);
            }
            if (request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
                throw new CloseConnectionException("the client asked for it");
            }
        };
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
            byte[] text = page.text().apply(query).getBytes(java.nio.charset.StandardCharsets.UTF_8);
            response.header(HeaderNames.CONTENT_TYPE, page.contentType());
            response.send(text);
        } catch (IllegalArgumentException e) {
            response.status(Status.BAD_REQUEST_400);
            response.send(e.getMessage() + "\n");
        }
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
    }

    /**
     * One page of the listener.
     *
     * @param contentType its media type
     * @param text makes its text anew for every request from the query; throws {@link IllegalArgumentException} with
     *     what is wrong with the query
     */
    public record Page(String contentType, Function<Map<String, String>, String> text) {}
}
