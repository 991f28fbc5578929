package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.Slice;
import io.llmgateway.wire.WorkBudget;
import java.util.List;

/** The client's half of a protocol: reads requests, tells answers. Stateless, thread-safe. */
public interface ClientCodec {
    /** Which protocol this is. */
    Protocol protocol();

    /**
     * Reads a request.
     *
     * @param version the API version the client speaks; empty when it did not say
     * @param counting true when only the tokens are to be counted
     * @param work counts the steps of reading
     * @throws io.llmgateway.model.GatewayException when it is malformed or cannot be carried to any other protocol
     */
    ChatRequest read(JsonNode body, String version, boolean counting, Warnings warnings, WorkBudget work);

    /** Tells one answer as a stream; one of several without what ends them all. */
    EventWriter stream(AnswerContext context);

    /** Tells one answer whole; one of several as {@link #join} wants it. */
    EventWriter answer(AnswerContext context);

    /**
     * Ends a stream that several answers were told in; only for protocols whose requests can ask for several.
     *
     * @param usage the sum over all answers
     */
    default void endStream(AnswerContext context, Usage usage, OutBuffer out) {
        throw new UnsupportedOperationException("the protocol has one response");
    }

    /**
     * Makes one whole answer of several; only for protocols whose requests can ask for several.
     *
     * @param answers what each answer's writer has written, in order
     * @param usage the sum over all answers
     */
    default void join(AnswerContext context, List<Slice> answers, Usage usage, OutBuffer out) {
        throw new UnsupportedOperationException("the protocol has one response");
    }
}
