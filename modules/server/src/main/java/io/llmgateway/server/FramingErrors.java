package io.llmgateway.server;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.GatewayFault;
import io.llmgateway.pipeline.Endpoint;
import java.util.function.BiFunction;

/**
 * Answers what Helidon refuses before any handler runs (bad framing, bad headers, a declared body over the limit) in
 * the shape of the endpoint's protocol; Helidon closes the connection after it. Thread-safe.
 */
final class FramingErrors implements DirectHandler {
    private final long maxBodyBytes;
    private final BiFunction<Endpoint, GatewayError, byte[]> render;

    FramingErrors(long maxBodyBytes, BiFunction<Endpoint, GatewayError, byte[]> render) {
        this.maxBodyBytes = maxBodyBytes;
        this.render = render;
    }

    @Override
    public TransportResponse handle(
            TransportRequest request,
            EventType eventType,
            Status defaultStatus,
            ServerResponseHeaders headers,
            String message) {
        GatewayError error = error(defaultStatus);
        Endpoint endpoint = Endpoint.at(request.path()).orElse(Endpoint.CHAT_COMPLETIONS);
        headers.set(HeaderNames.CONTENT_TYPE, "application/json");
        headers.set(HeaderValues.CONNECTION_CLOSE);
        return TransportResponse.builder()
                .status(defaultStatus)
                .headers(headers)
                .entity(render.apply(endpoint, error))
                .keepAlive(false)
                .build();
    }

    private GatewayError error(Status status) {
        if (status.code() == 413) {
            return new CallerFault.BodyTooLarge(maxBodyBytes);
        }
        if (status.code() >= 500) {
            return new GatewayFault.Internal("the listener failed with status " + status.code());
        }
        return new CallerFault.MalformedRequest("the request breaks the rules of HTTP/1.1");
    }
}
