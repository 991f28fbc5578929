package io.llmgateway.pipeline;

import io.llmgateway.model.GatewayError;

/**
 * Where an answer goes: the client, or something in front of it that looks at what passes. Knows whether the answer is
 * JSON or a stream of events, and so how it can end with an error. Either {@link #whole} once, or {@link #start}, any
 * number of {@link #write} and one {@link #end}; {@link #fail} instead of any of them that has not come yet. Confined
 * to one thread at a time.
 */
interface AnswerSink {
    /** Sends a complete answer at once. */
    void whole(AnswerHead head, byte[] bytes, int length);

    /** Fixes how the answer begins; does nothing when a keep-alive has done so already. */
    void start(AnswerHead head);

    /** Sends bytes at once. */
    void write(byte[] bytes, int length);

    /** Sends the last bytes, of which there may be none, and ends an answer that is complete. */
    void end(byte[] bytes, int length);

    /** Tells the client what went wrong: with a status if none was sent yet, else as its kind of body allows. */
    void fail(GatewayError error);
}
