package io.llmgateway.pipeline;

import io.llmgateway.auth.Principal;
import io.llmgateway.converters.ClientProtocol;
import io.llmgateway.wire.RequestFacts;
import org.jspecify.annotations.Nullable;

/**
 * One request with everything its attempts need; no attempt changes the request. Its body, which may be large, is let
 * go when an answer is committed. Confined to one request.
 */
final class RequestContext {
    private final InboundRequest request;
    private final AnswerSink sink;
    private final RequestRecord record;
    private final ClientProtocol client;
    private final Snapshot snapshot;
    private final Principal principal;
    private final MemoryBudget.Share memory;
    private InboundRequest.@Nullable Body body;
    private @Nullable RequestFacts facts;

    RequestContext(
            InboundRequest request,
            AnswerSink sink,
            RequestRecord record,
            ClientProtocol client,
            Snapshot snapshot,
            Principal principal,
            MemoryBudget.Share memory) {
        this.request = request;
        this.sink = sink;
        this.record = record;
        this.client = client;
        this.snapshot = snapshot;
        this.principal = principal;
        this.memory = memory;
    }

    /** The body was read, and this was found in it. */
    void read(InboundRequest.Body bytes, RequestFacts found) {
        body = bytes;
        facts = found;
    }

    /** No other attempt will be made: what only an attempt needs is let go. */
    void letGo() {
        if (body != null) {
            memory.release(body.bytes().length);
            body = null;
        }
        facts = null;
    }

    /** The same request for one of several answers that are asked for at the same time; it has no body of its own. */
    RequestContext choice(AnswerSink to, RequestRecord its, MemoryBudget.Share own) {
        RequestContext one = new RequestContext(request, to, its, client, snapshot, principal, own);
        one.facts = facts;
        return one;
    }

    InboundRequest request() {
        return request;
    }

    AnswerSink sink() {
        return sink;
    }

    RequestRecord record() {
        return record;
    }

    ClientProtocol client() {
        return client;
    }

    Snapshot snapshot() {
        return snapshot;
    }

    Principal principal() {
        return principal;
    }

    /** What the request's body and all that is made of it hold. */
    MemoryBudget.Share memory() {
        return memory;
    }

    InboundRequest.Body body() {
        return present(body);
    }

    RequestFacts facts() {
        return present(facts);
    }

    private static <T> T present(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("the request was let go, or not read yet");
        }
        return part;
    }

    /** True when only the tokens are to be counted. */
    boolean counting() {
        return request.endpoint() == Endpoint.COUNT_TOKENS;
    }
}
