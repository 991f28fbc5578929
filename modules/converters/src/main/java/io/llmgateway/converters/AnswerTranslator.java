package io.llmgateway.converters;

import io.llmgateway.model.Usage;
import io.llmgateway.wire.OutBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Carries one whole answer to the client. Confined to one answer. */
public interface AnswerTranslator {
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

    /** The tokens reported; null when the answer reported none. */
    @Nullable
    Usage usage();

    /** False when {@link #usage} is only what was known before the end: more was used than it says. */
    default boolean usageComplete() {
        return usage() != null;
    }

    /** After {@link Verdict#ERROR}: the provider's error as raw JSON. */
    byte[] errorBody();

    /** After {@link Verdict#GAVE_UP}: why, at most 1,000 characters; empty before. */
    default String problem() {
        return "";
    }

    /** What of the answer could not be told, each as {@code dropped:answer.field}; at most 1,024 characters. */
    default List<String> warnings() {
        return List.of();
    }

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
