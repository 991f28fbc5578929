package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.model.Protocol;
import io.llmgateway.wire.WorkBudget;

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

    /** Tells one answer as a stream. */
    EventWriter stream(AnswerContext context);

    /** Tells one answer whole. */
    EventWriter answer(AnswerContext context);
}
