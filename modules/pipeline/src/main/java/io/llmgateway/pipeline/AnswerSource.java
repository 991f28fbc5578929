package io.llmgateway.pipeline;

import io.llmgateway.upstream.Cancellation;

/**
 * One way to get an answer: an instance, an answer of the gateway's own; later a cached answer or two instances raced.
 * Nothing has been sent to the client when {@link #open} returns or throws. Confined to one request.
 */
interface AnswerSource {
    /**
     * Gets the answer to the point where its first content is in hand.
     *
     * @param cancellation ends the wait from another thread
     * @throws io.llmgateway.model.GatewayException when there is no good answer; the next source may be tried
     */
    Opened open(Cancellation cancellation);
}
