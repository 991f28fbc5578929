package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.model.Protocol;
import java.util.OptionalLong;

/** The provider's half of a protocol: writes requests, reads answers. Stateless, thread-safe. */
public interface UpstreamCodec {
    /** Which protocol this is. */
    Protocol protocol();

    /**
     * Writes a request.
     *
     * @throws io.llmgateway.model.GatewayException when the provider's protocol cannot express it
     */
    Written write(ChatRequest request, UpstreamModel target, Warnings warnings);

    /** How many answers the provider gives at a time. */
    int candidates(boolean stream);

    /** True when the provider counts tokens itself. */
    boolean counts();

    /** Writes a request to count tokens; only when it {@link #counts()}. */
    Written writeCount(ChatRequest request, UpstreamModel target, Warnings warnings);

    /** Reads the number of tokens; empty when the answer has none. */
    OptionalLong count(JsonNode answer);

    /** Reads one answer, streamed or whole. */
    EventReader reader(AnswerContext context);
}
