package io.llmgateway.converters;

import io.llmgateway.wire.Slice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One attempt on its way through a translator. Confined to one attempt. */
public interface Translation {
    /** The body to send upstream, as slices in order. */
    List<Slice> body();

    /** True when the provider must be asked for a stream. */
    boolean streamed();

    /** What was dropped or weakened, each as {@code verdict:field}; empty for a byte-exact relay. */
    List<String> warnings();

    /** The answer when it is known without asking the provider, marked as an estimate; null to ask. */
    default byte @Nullable [] estimated() {
        return null;
    }

    /** The translator of a streamed answer; call once. */
    StreamTranslator stream();

    /** The translator of a whole answer; call once. */
    AnswerTranslator answer();
}
