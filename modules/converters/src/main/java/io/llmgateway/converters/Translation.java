package io.llmgateway.converters;

import io.llmgateway.wire.Slice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One attempt on its way through a translator. Confined to one attempt. */
public interface Translation {
    /**
     * The body to send upstream, as slices in order.
     *
     * @throws IllegalStateException after {@link #release()}
     */
    List<Slice> body();

    /**
     * The request was sent and will not be sent again by this attempt: lets go of it, so that a stream that has begun
     * holds neither the client's body nor what was made of it. What {@link #stream()} and {@link #answer()} give keeps
     * working, whether they were called before or are called afterwards. Harmless when called again.
     */
    void release();

    /**
     * The attempt is over: gives back all memory that was charged for it. What it handed out must not be used any more.
     * Harmless when called again.
     */
    default void end() {
        release();
    }

    /** True when the provider must be asked for a stream. */
    boolean streamed();

    /**
     * What was dropped or weakened, each as {@code verdict:field}, with the number of places when there are several;
     * empty for a byte-exact relay. Joined with {@code ", "} it has at most 1,024 characters; the last
     * one says how many more there are.
     */
    List<String> warnings();

    /** The answer when it is known without asking the provider, marked as an estimate; null to ask. */
    default byte @Nullable [] estimated() {
        return null;
    }

    /**
     * The answers when the client wants more of them than the provider gives at a time: each is to be asked for by
     * itself, and {@link #stream()} and {@link #answer()} of this translation are not used. Null for one exchange.
     */
    default @Nullable Choices choices() {
        return null;
    }

    /** The translator of a streamed answer; call once. */
    StreamTranslator stream();

    /** The translator of a whole answer; call once. */
    AnswerTranslator answer();

    /**
     * The translator of a stream that comes although a whole answer was asked for: it writes the client's whole answer
     * at the stream's end. To be called once, instead of {@link #answer()}; null where a stream cannot be an answer.
     */
    default @Nullable StreamTranslator joined() {
        return null;
    }

    /**
     * The translator of a whole answer that comes although a stream was asked for: it writes all of the client's stream
     * at the answer's end. To be called once, instead of {@link #stream()}; null where nothing is streamed.
     */
    default @Nullable AnswerTranslator unfolded() {
        return null;
    }
}
