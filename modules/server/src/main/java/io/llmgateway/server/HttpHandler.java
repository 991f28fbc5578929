package io.llmgateway.server;

import io.llmgateway.http.RequestHead;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.RequestId;
import io.llmgateway.pipeline.LastWords;
import org.jspecify.annotations.Nullable;

/** Answers the requests of one listener. Thread-safe; each request is handled on the thread of its connection. */
interface HttpHandler {
    /** Answers one request; what it leaves unread of the body is read by the connection, into nothing. */
    void handle(HttpRequest request, HttpAnswer answer);

    /**
     * Answers what the connection refuses itself.
     *
     * @param head as far as it was read
     */
    void refuse(GatewayError error, RequestHead head, HttpAnswer answer);

    /**
     * What a client is told whose request came too late, while its connection is blocked.
     *
     * @param path the raw path, when the head was read so far; null when not
     * @param id the request's id; null when it has none yet
     */
    LastWords lastWords(GatewayError error, @Nullable String path, @Nullable RequestId id);

    /** True when the gateway leaves, so that connections end after their answer. */
    boolean leaving();
}
