package io.llmgateway.converters;

import io.llmgateway.model.Protocol;

/**
 * Carries requests of one client protocol to providers of one protocol and their answers back. Stateless, thread-safe;
 * the state of one attempt is in the {@link Translation} it begins.
 */
public interface Translator {
    /** The protocol of the client. */
    Protocol client();

    /** The protocol of the provider. */
    Protocol upstream();

    /**
     * How often the provider is asked for so many answers: 1 when it gives them all at once.
     *
     * @param candidates how many answers the client wants, 1 or more
     * @param streamed true when it wants them as a stream
     */
    default int times(int candidates, boolean streamed) {
        return 1;
    }

    /**
     * Begins one attempt. The request is never changed: a second attempt begins again from it.
     *
     * @throws io.llmgateway.model.GatewayException with a caller fault that names the field, when the request cannot be
     *     expressed in the provider's protocol
     */
    Translation begin(TranslationRequest request);
}
