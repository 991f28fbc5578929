package io.llmgateway.pipeline;

import io.llmgateway.auth.Principal;
import io.llmgateway.converters.ClientProtocol;
import io.llmgateway.wire.RequestFacts;

/**
 * One request with everything its attempts need; none of them changes the request itself. Confined to one request.
 *
 * @param request what came in
 * @param answer the way back
 * @param record what became of it
 * @param client the client's protocol
 * @param snapshot the configuration it runs under
 * @param principal whose request it is
 * @param body its body
 * @param facts what the walk over the body found
 */
record Work(
        InboundRequest request,
        ClientAnswer answer,
        RequestRecord record,
        ClientProtocol client,
        Snapshot snapshot,
        Principal principal,
        InboundRequest.Body body,
        RequestFacts facts) {
    /** True when only the tokens are to be counted. */
    boolean counting() {
        return request.endpoint() == Endpoint.COUNT_TOKENS;
    }
}
