package io.llmgateway.server;

import io.llmgateway.http.RequestHead;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.RequestId;
import io.llmgateway.pipeline.Endpoint;
import io.llmgateway.pipeline.LastWords;
import io.llmgateway.pipeline.NearestPath;
import io.llmgateway.pipeline.RequestHandler;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The only handler of the data listener. It denies everything that is not on the list of endpoints. A path is taken as
 * it is written: no other spelling of it counts (percent-encoding, doubled slashes), but for the few that
 * {@link Endpoint#at} knows. Thread-safe.
 */
final class DataHandler implements HttpHandler {
    private static final byte[] UP = HeadText.ascii("{\"status\":\"up\"}");
    private static final byte[] STOPPING = HeadText.ascii("{\"status\":\"stopping\"}");
    private static final byte[] WARMING_UP = HeadText.ascii("{\"status\":\"warming up\"}");
    /** Fields whose second value another server could take for the one that counts. */
    private static final List<String> ONCE = List.of("authorization", "x-api-key", "origin");

    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int UNAVAILABLE = 503;

    private final RequestHandler handler;
    private final Cors cors;

    DataHandler(RequestHandler handler, Edge edge) {
        this.handler = handler;
        this.cors = new Cors(edge.corsOrigins());
    }

    @Override
    public void handle(HttpRequest request, HttpAnswer answer) {
        String path = request.rawPath();
        Endpoint endpoint = Endpoint.at(path).orElse(null);
        boolean get = !"POST".equals(request.method());
        request.at(endpoint == null ? NearestPath.of(path, isAnthropic(request), get) : endpoint);
        String allowed = allowed(endpoint, path);
        boolean page = cors.admit(request.head(), answer);
        if ("OPTIONS".equals(request.method()) && (allowed != null || "*".equals(path))) {
            String methods = allowed == null ? "GET, HEAD, POST, OPTIONS" : allowed;
            answer.header("allow", methods);
            if (page) {
                cors.preflight(request.head(), answer, methods);
            }
            answer.whole(NO_CONTENT, "", new byte[0]);
            return;
        }
        GatewayError refusal = refusal(allowed, request, answer);
        if (refusal != null) {
            handler.refuse(request, refusal, answer);
        } else if (endpoint == null) {
            health(path, answer);
        } else {
            handler.handle(request, answer);
        }
    }

    /** The methods of a path; null when nothing is served there. */
    private static @Nullable String allowed(@Nullable Endpoint endpoint, String path) {
        if (endpoint == null) {
            return isHealth(path) ? "GET, HEAD, OPTIONS" : null;
        }
        return endpoint.hasBody() ? "POST, OPTIONS" : "GET, HEAD, OPTIONS";
    }

    private static @Nullable GatewayError refusal(@Nullable String allowed, HttpRequest request, HttpAnswer answer) {
        if (allowed == null) {
            boolean get = !"POST".equals(request.method());
            return new CallerFault.UnknownPath(NearestPath.message(request.rawPath(), request.endpoint(), get));
        }
        for (String name : ONCE) {
            if (request.head().count(name) > 1) {
                return new CallerFault.MalformedRequest("the request has more than one field '" + name + "'");
            }
        }
        String method = request.method();
        boolean taken =
                allowed.startsWith("POST") ? "POST".equals(method) : "GET".equals(method) || "HEAD".equals(method);
        if (!taken) {
            answer.header("allow", allowed);
            return new CallerFault.MethodNotAllowed(allowed);
        }
        RequestHead head = request.head();
        // a client of HTTP/1.0 expects nothing, whatever it says: RFC 9110, 10.1.1
        return head.http11() && head.expectsOther() ? new CallerFault.ExpectationFailed() : null;
    }

    /** Anthropic's clients are known by their headers, wherever their requests go. */
    private static boolean isAnthropic(HttpRequest request) {
        return request.header("anthropic-version") != null || request.header("x-api-key") != null;
    }

    private static boolean isHealth(String path) {
        return "/health".equals(path) || "/ready".equals(path);
    }

    private void health(String path, HttpAnswer answer) {
        boolean up = !"/ready".equals(path) || handler.ready();
        byte[] notReady = handler.leaving() ? STOPPING : WARMING_UP;
        byte[] body = up ? UP : notReady;
        answer.whole(up ? OK : UNAVAILABLE, body, body.length);
    }

    @Override
    public void refuse(GatewayError error, RequestHead head, HttpAnswer answer) {
        cors.admit(head, answer);
        handler.refuse(endpoint(head.method().isEmpty() ? null : head.path()), error, answer);
    }

    @Override
    public LastWords lastWords(GatewayError error, @Nullable String path, @Nullable RequestId id) {
        return handler.lastWords(endpoint(path), error, id);
    }

    /** Whose shape an error has to a client that may be anybody. */
    private static Endpoint endpoint(@Nullable String path) {
        return Optional.ofNullable(path).flatMap(Endpoint::at).orElse(Endpoint.CHAT_COMPLETIONS);
    }

    @Override
    public boolean leaving() {
        return handler.leaving();
    }
}
