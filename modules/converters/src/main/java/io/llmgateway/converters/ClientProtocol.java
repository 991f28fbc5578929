package io.llmgateway.converters;

import io.llmgateway.model.GatewayError;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.RateState;
import io.llmgateway.model.RequestId;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * What the gateway says to clients of one protocol in its own name: errors, keep-alives, the list of models.
 * Stateless, thread-safe.
 */
public interface ClientProtocol {
    /** Which protocol this is. */
    Protocol protocol();

    /** The status and body for an error before any byte of the answer was sent. */
    ClientError error(GatewayError error, RequestId id);

    /** The event that ends a stream with an error after its answer has begun; complete with its blank line. */
    byte[] errorEvent(GatewayError error, RequestId id);

    /** Bytes that keep a silent stream alive and that every client of the protocol ignores. */
    byte[] keepAlive();

    /** The name of the response header that carries the request id in this protocol, in lower case. */
    String requestIdHeader();

    /**
     * Writes the headers that tell how much of a limit is left, by their names in this protocol.
     *
     * @param now the time of day, for protocols that give the moment of the reset
     * @param out takes name and value
     */
    void limitHeaders(RateState state, Instant now, BiConsumer<String, String> out);

    /**
     * The body of the list of models.
     *
     * @param more whether there are more than these; for protocols that know pages
     */
    byte[] models(List<ListedModel> models, boolean more);

    /** The body for one model of the list. */
    byte[] model(ListedModel model);

    /**
     * One model as clients see it.
     *
     * @param id the name to ask for
     * @param owner who provides it
     */
    record ListedModel(String id, String owner) {}
}
