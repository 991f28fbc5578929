package io.llmgateway.converters;

import io.llmgateway.wire.Slice;
import java.util.List;

/** One attempt on its way through a translator. Confined to one attempt. */
public interface Translation {
    /** The body to send upstream, as slices in order. */
    List<Slice> body();

    /** True when the provider must be asked for a stream. */
    boolean streamed();

    /** What was dropped or weakened, each as {@code verdict:field}; empty for a byte-exact relay. */
    List<String> warnings();

    /** The translator of a streamed answer; call once. */
    StreamTranslator stream();

    /** The translator of a whole answer; call once. */
    AnswerTranslator answer();
}
