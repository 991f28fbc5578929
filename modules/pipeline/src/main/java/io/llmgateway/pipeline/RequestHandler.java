package io.llmgateway.pipeline;

import io.llmgateway.model.GatewayError;
import io.llmgateway.model.RequestId;
import org.jspecify.annotations.Nullable;

/** What the listener calls for every request on an {@link Endpoint}. Thread-safe. */
public interface RequestHandler {
    /** Handles one request to its end; never throws for anything the request or an upstream did. */
    void handle(InboundRequest request, ClientAnswer answer);

    /** Answers a request that the listener refuses, and tells the log whose it was. */
    default void refuse(InboundRequest request, GatewayError error, ClientAnswer answer) {
        refuse(request.endpoint(), error, answer);
    }

    /** Answers a request that the listener refuses itself, in the shape of the endpoint's protocol. */
    void refuse(Endpoint endpoint, GatewayError error, ClientAnswer answer);

    /**
     * An error in the shape of the endpoint's protocol, for answers that are written elsewhere.
     *
     * @param id the request's id; null when it has none yet
     */
    LastWords lastWords(Endpoint endpoint, GatewayError error, @Nullable RequestId id);

    /** True while load balancers should send new work here. */
    boolean ready();

    /** True once the gateway comes to its end, so that connections end with what they carry now. */
    boolean leaving();
}
