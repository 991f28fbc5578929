package io.llmgateway.converters;

import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.SseReader;

/** Carries the events of one stream to the client. Confined to one stream. */
public interface StreamTranslator extends TranslatedAnswer {
    /**
     * Takes the reader's current block and writes what the client must see of it.
     *
     * @return what the block was, which decides about commit, timeouts and failure
     */
    Step translate(SseReader event, OutBuffer out);

    /**
     * To be called when the upstream stream has ended: writes what is missing for a proper ending.
     *
     * @return false when the stream ended without its closing signal, which is an error, never a clean stop
     */
    boolean finish(OutBuffer out);

    /**
     * True once the answer's own end has come, such as {@code [DONE]}: nothing that follows belongs to it, so that the
     * client's answer ends without waiting for the connection to end.
     */
    boolean ended();

    /** What a block of a stream is. */
    enum Step {
        /** The stream's opening, before any content: can still be taken back. */
        OPENING,
        /** Content for the user: text, reasoning, a tool call, or a proper ending without any. */
        CONTENT,
        /** A comment, a ping or an empty block: keeps nothing alive but the connection. */
        KEEP_ALIVE,
        /** Bookkeeping after the content, such as usage. */
        CLOSING,
        /** An error inside the stream. */
        ERROR,
        /** The model gave up: what it wrote cannot be read; {@link TranslatedAnswer#problem()} says why. */
        GAVE_UP,
        /** No event of the protocol; {@link TranslatedAnswer#problem()} says why. */
        MALFORMED
    }
}
