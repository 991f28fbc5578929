package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.util.function.Consumer;

/**
 * Reads the answer of a provider, event by event or whole, into the steps every client protocol can be told in.
 * Confined to one answer.
 */
public interface EventReader {
    /** What one piece of an answer was. */
    enum Read {
        /** A part of the answer. */
        PART,
        /** The closing signal: nothing of interest follows. */
        CLOSED,
        /** An error; {@link #errorBody()} tells which. */
        ERROR
    }

    /** Reads one JSON object: an event of a stream, or a whole answer. */
    Read read(JsonNode json, Consumer<StreamEvent> sink);

    /** Takes the text {@code [DONE]}, which only OpenAI's protocol has; others pass over it. */
    default Read done(Consumer<StreamEvent> sink) {
        return Read.PART;
    }

    /** To be called at the end of the bytes; false when the answer was not finished by then. */
    boolean end(Consumer<StreamEvent> sink);

    /** The same at the end of a whole answer, which is finished when it is there, with a reason to stop or without. */
    default boolean endOfWhole(Consumer<StreamEvent> sink) {
        return end(sink);
    }

    /** False when the usage that was told so far is known to be told again, larger. */
    default boolean usageComplete() {
        return true;
    }

    /** The provider's error as raw JSON, or one in its stead. */
    byte[] errorBody();

    /** An error in a provider's stead. */
    static byte[] error(String type, String message) {
        OutBuffer out = new OutBuffer(128);
        new JsonOut(out)
                .object()
                .object("error")
                .field("message", message)
                .field("type", type)
                .endObject()
                .endObject();
        return out.toByteArray();
    }
}
