package io.llmgateway.converters;

import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.TopLevelCapture;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer that goes to the client byte for byte while a few of its top-level fields are read in passing. Memory
 * does not grow with the answer. Confined to one answer.
 */
public abstract class RelayedAnswer implements AnswerTranslator {
    private static final int MAX_FIELD_BYTES = 64 * 1024;

    private final TopLevelCapture capture;
    private boolean anything;

    /** Relays and reads these top-level fields. */
    protected RelayedAnswer(String... fields) {
        this.capture = new TopLevelCapture(MAX_FIELD_BYTES, fields);
    }

    /** True when the fields read so far show an error. */
    protected abstract boolean isError();

    /** The raw JSON of the i-th field; null when absent. */
    protected final byte @Nullable [] field(int i) {
        return capture.value(i);
    }

    @Override
    public final void translate(byte[] bytes, int offset, int length, OutBuffer out) {
        anything |= length > 0;
        capture.feed(bytes, offset, length);
        out.write(bytes, offset, length);
    }

    @Override
    public final Verdict finish(OutBuffer out) {
        if (!anything) {
            return Verdict.EMPTY;
        }
        if (isError()) {
            return Verdict.ERROR;
        }
        return capture.complete() ? Verdict.COMPLETE : Verdict.MALFORMED;
    }

    /** Puts a field's raw value back into an object of its own. */
    protected static byte[] objectOf(String field, byte @Nullable [] value) {
        OutBuffer out = new OutBuffer(256);
        out.write(("{\"" + field + "\":").getBytes(StandardCharsets.UTF_8));
        out.write(value == null ? new byte[] {'n', 'u', 'l', 'l'} : value);
        return out.write('}').toByteArray();
    }
}
