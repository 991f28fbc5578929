package io.llmgateway.pipeline;

import io.llmgateway.model.Usage;
import io.llmgateway.upstream.Exchange;
import io.llmgateway.wire.OutBuffer;
import java.util.List;
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

    /** The tokens reported so far; null when none were. */
    @Nullable
    Usage usage();

    /** False when more was used than {@link #usage()} says. */
    boolean usageComplete();

    /** What of the answer so far could not be told in the client's protocol. */
    List<String> warnings();

    /** Gives the memory of large pieces back; nothing can be read afterwards. */
    void free();
}
