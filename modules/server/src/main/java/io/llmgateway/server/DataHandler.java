package io.llmgateway.server;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayError;
import io.llmgateway.pipeline.Endpoint;
import io.llmgateway.pipeline.RequestHandler;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The only handler of the data listener. It denies everything that is not on the list of endpoints, checks what can be
 * checked before a body is read, and makes sure that a connection never lives on with unread bytes of a request in it:
 * after an early answer the connection really closes. Thread-safe.
 */
final class DataHandler implements Handler {
    private static final byte[] UP = "{\"status\":\"up\"}".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final byte[] STOPPING =
            "{\"status\":\"stopping\"}".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private final RequestHandler handler;
    private final ListenerLimits limits;
    private final LongSupplier nanoTime;

    DataHandler(RequestHandler handler, ListenerLimits limits, LongSupplier nanoTime) {
        this.handler = handler;
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        String path = request.prologue().uriPath().rawPath();
        HelidonAnswer answer = new HelidonAnswer(response, limits, nanoTime);
        Endpoint endpoint = Endpoint.at(path).orElse(null);
        HelidonRequest inbound =
                new HelidonRequest(request, endpoint == null ? Endpoint.MODELS : endpoint, limits, nanoTime);
        // while the gateway leaves, every answer sends its client to another one
        boolean close = asksToClose(request) || !handler.ready();
        if (close) {
            answer.announceClose();
        } else {
            answer.unreadWhile(() -> !inbound.consumed());
        }
        GatewayError refusal = refusal(endpoint, request, path);
        if (refusal != null) {
            refuse(inbound, answer, refusal);
        } else if (endpoint == null) {
            health(path, answer);
        } else {
            handler.handle(inbound, answer);
        }
        if (answer.complete() && !inbound.consumed()) {
            inbound.drain();
        }
        if (close || !inbound.consumed() || !answer.complete()) {
            throw new CloseConnectionException("the connection ends with this answer");
        }
        GuardedConnection connection = GuardedConnection.CURRENT.get();
        connection.requestEnds();
        connection.idleUntil(nanoTime.getAsLong() + limits.idleTimeout().toNanos());
    }

    /** Asked in two steps: looking for a token makes streams and lists even when the field is absent. */
    private static boolean asksToClose(ServerRequest request) {
        return request.headers().contains(HeaderNames.CONNECTION)
                && request.headers().containsToken(HeaderValues.CONNECTION_CLOSE);
    }

    private void refuse(HelidonRequest inbound, HelidonAnswer answer, GatewayError refusal) {
        handler.refuse(inbound.endpoint(), refusal, answer);
    }

    private @Nullable GatewayError refusal(@Nullable Endpoint endpoint, ServerRequest request, String path) {
        int headers = request.headers().size();
        if (headers > limits.maxHeaders()) {
            return new CallerFault.TooManyHeaders(headers, limits.maxHeaders());
        }
        String method = request.prologue().method().text();
        if (endpoint == null) {
            return isHealth(path) && "GET".equals(method) ? null : new CallerFault.UnknownPath();
        }
        if (!endpoint.method().equals(method)) {
            return new CallerFault.MethodNotAllowed(endpoint.method());
        }
        if (request.headers().contains(HeaderNames.EXPECT)
                && !request.headers().containsToken(HeaderValues.EXPECT_100)) {
            return new CallerFault.ExpectationFailed();
        }
        if (request.headers().contentLength().orElse(0) > limits.maxBodyBytes()) {
            return new CallerFault.BodyTooLarge(limits.maxBodyBytes());
        }
        return endpoint.hasBody() ? mediaProblem(request) : null;
    }

    private static @Nullable GatewayError mediaProblem(ServerRequest request) {
        String type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        if ("application/json".equals(type)) {
            return encodingProblem(request);
        }
        int end = type.indexOf(';');
        String media = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        if (!"application/json".equals(media)) {
            return new CallerFault.UnsupportedMediaType("the content type must be application/json");
        }
        return encodingProblem(request);
    }

    private static @Nullable GatewayError encodingProblem(ServerRequest request) {
        if (request.headers().contains(HeaderNames.CONTENT_ENCODING)) {
            return new CallerFault.UnsupportedMediaType("a content encoding is not accepted, send the body as it is");
        }
        return null;
    }

    private static boolean isHealth(String path) {
        return "/health".equals(path) || "/ready".equals(path);
    }

    private void health(String path, HelidonAnswer answer) {
        boolean up = "/health".equals(path) || handler.ready();
        byte[] body = up ? UP : STOPPING;
        answer.whole(up ? Status.OK_200.code() : Status.SERVICE_UNAVAILABLE_503.code(), body, body.length);
    }
}
