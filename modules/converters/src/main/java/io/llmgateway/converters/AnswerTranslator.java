package io.llmgateway.converters;

import io.llmgateway.wire.OutBuffer;

/** Carries one whole answer to the client. Confined to one answer. */
public interface AnswerTranslator extends TranslatedAnswer {
    /**
     * Takes the next bytes of a successful answer and writes what the client can get of it already: everything for a
     * byte-exact relay, nothing for a conversion, which needs the whole answer.
     */
    void translate(byte[] bytes, int offset, int length, OutBuffer out);

    /**
     * To be called at the end of the answer: writes the rest.
     *
     * @return what the answer was
     */
    Verdict finish(OutBuffer out);

    /** What a whole answer with a success status turned out to be. */
    enum Verdict {
        /** An answer of the protocol. */
        COMPLETE,
        /** Nothing at all. */
        EMPTY,
        /** An error in the clothes of a success. */
        ERROR,
        /** The model gave up: what it wrote cannot be read. */
        GAVE_UP,
        /** Perhaps an answer of the protocol, but larger than can be converted at once. */
        TOO_LARGE,
        /** Not an answer of the protocol. */
        MALFORMED
    }
}
