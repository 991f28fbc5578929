package io.llmgateway.pipeline;

/**
 * An answer that has begun well: its head and its first content are in hand, and nothing of it has been sent. Closing
 * it before its end tells its source to stop. Confined to one request.
 */
interface Opened extends AutoCloseable {
    /** How the answer begins. */
    AnswerHead head();

    /** Says that this answer goes to the client: what only another try would need is let go. */
    void won();

    /**
     * Sends the answer and blocks until its end.
     *
     * @throws io.llmgateway.model.GatewayException with what went wrong after the commit
     */
    void relayTo(AnswerSink sink);

    @Override
    void close();
}
