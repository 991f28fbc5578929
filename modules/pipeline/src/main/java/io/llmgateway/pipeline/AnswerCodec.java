package io.llmgateway.pipeline;

import io.llmgateway.converters.TranslatedAnswer;
import io.llmgateway.upstream.Exchange;
import io.llmgateway.wire.OutBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of a provider's answer into those the client gets: the part in which streams and whole answers
 * differ. Confined to one answer.
 */
interface AnswerCodec {
    /** What kind of body the client gets. */
    AnswerHead.Body body();

    /**
     * Waits for the provider's next bytes and writes what the client gets of them.
     *
     * @return how many pieces of content came; -1 when the provider's body is over
     * @throws io.llmgateway.model.GatewayException when the exchange fails or the bytes break the protocol; what was
     *     written before may still be sent
     */
    int read(Exchange exchange, OutBuffer out);

    /** True when the answer's own end has come, whatever may still follow it. */
    boolean ended();

    /**
     * The provider's body is over: writes what is missing for a proper end.
     *
     * @throws io.llmgateway.model.GatewayException when the answer is not what it should be
     */
    void finish(OutBuffer out);

    /**
     * The codec that goes on in place of this one, since the answer is of the other kind than what was asked for; it
     * has taken the bytes read so far. Null while this one is right.
     */
    @Nullable
    AnswerCodec instead();

    /** What is known of the answer. */
    TranslatedAnswer answer();

    /** How many bytes of the answer {@link #read} has counted no pieces for, until its end. */
    long uncountedBytes();

    /** Gives the memory of large pieces back; nothing can be read afterwards. */
    void free();
}
