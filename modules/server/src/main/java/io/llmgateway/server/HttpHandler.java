package io.llmgateway.server;

import io.llmgateway.model.GatewayError;
import org.jspecify.annotations.Nullable;

/** Answers the requests of one listener. Thread-safe; each request is handled on the thread of its connection. */
interface HttpHandler {
    /** Answers one request; what it leaves unread of the body is read by the connection, into nothing. */
    void handle(HttpRequest request, HttpAnswer answer);

    /**
     * Answers what the connection refuses itself.
     *
     * @param path the raw path, when the head was read so far; null when not
     */
    void refuse(GatewayError error, @Nullable String path, HttpAnswer answer);

    /** The body that says so to a client whose request came too late, while its connection is blocked. */
    byte[] errorBody(GatewayError error, @Nullable String path);

    /** True while connections may go on after an answer; false when the gateway leaves. */
    boolean ready();
}
