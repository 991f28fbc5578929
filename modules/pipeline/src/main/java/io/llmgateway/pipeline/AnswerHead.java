package io.llmgateway.pipeline;

import io.llmgateway.upstream.Exchange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an answer begins: its status, what kind of body follows, and which of the provider's header fields go with it.
 * Immutable.
 *
 * @param status the HTTP status
 * @param body what kind of body follows
 * @param from the provider's answer that fields are passed on from; null for an answer of the gateway's own
 * @param passed lower-case names of those fields
 */
record AnswerHead(int status, Body body, @Nullable Exchange from, List<String> passed) {
    /** The kind of a body decides how it can end with an error. */
    enum Body {
        /** One JSON document: once begun it can only be cut. */
        JSON("application/json"),
        /** Server-sent events: an error is one more event. */
        EVENT_STREAM("text/event-stream; charset=utf-8");

        private final String contentType;

        Body(String contentType) {
            this.contentType = contentType;
        }

        String contentType() {
            return contentType;
        }
    }

    private static final AnswerHead OWN_JSON = new AnswerHead(200, Body.JSON, null, List.of());
    private static final AnswerHead OWN_STREAM = new AnswerHead(200, Body.EVENT_STREAM, null, List.of());

    /** Of an answer of the gateway's own, with status 200. */
    static AnswerHead own(Body body) {
        return body == Body.JSON ? OWN_JSON : OWN_STREAM;
    }
}
