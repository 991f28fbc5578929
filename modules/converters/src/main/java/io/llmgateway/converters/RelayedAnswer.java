package io.llmgateway.converters;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.TopLevelCapture;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer that goes to the client byte for byte while a few of its top-level fields are read in passing. Memory
 * does not grow with the answer. What has nothing of an answer in it is looked at as a whole: it says what is wrong, in
 * whatever shape. Confined to one answer.
 */
public abstract class RelayedAnswer implements AnswerTranslator {
    private static final int MAX_FIELD_BYTES = 64 * 1024;
    /** The largest answer that is read as a whole when it seems to be none, in bytes. */
    private static final int MAX_ODD_BYTES = 64 * 1024;

    /** The longest answer that is searched for an error inside: what failed is short. */
    private static final int MAX_SEARCHED_BYTES = 4 * 1024;

    private final TopLevelCapture capture;
    private long bytes;
    private boolean spoke = true;
    private byte[] errorBody = new byte[0];

    /**
     * Relays and reads these top-level fields.
     *
     * @param beginningOnly the one of which the beginning is enough
     */
    protected RelayedAnswer(int beginningOnly, String... fields) {
        this.capture = new TopLevelCapture(MAX_FIELD_BYTES, fields)
                .beginningOnly(beginningOnly)
                .watch("error");
    }

    /** The error that the fields read so far show, as raw JSON; null when they show none. */
    protected abstract byte @Nullable [] error();

    /** True when the fields read are those of an answer. */
    protected abstract boolean isAnswer();

    /** The error inside of an answer, as raw JSON; null when there is none. */
    protected abstract byte @Nullable [] errorInside(JsonNode answer);

    /** True when an answer says nothing: no text, no thought, no call. */
    protected abstract boolean saysNothing(JsonNode answer);

    /** The raw JSON of the i-th field; null when absent. */
    protected final byte @Nullable [] field(int i) {
        return capture.value(i);
    }

    @Override
    public final void translate(byte[] bytes, int offset, int length, OutBuffer out) {
        this.bytes += length;
        capture.feed(bytes, offset, length);
        out.write(bytes, offset, length);
    }

    @Override
    public final Verdict finish(OutBuffer out) {
        if (bytes == 0) {
            return Verdict.EMPTY;
        }
        byte[] error = error();
        if (error == null && !capture.complete()) {
            return Verdict.MALFORMED;
        }
        if (error == null && !isAnswer()) {
            JsonNode tree = whole(out, MAX_ODD_BYTES);
            if (tree == null || !Unanswered.isError(tree)) {
                return Verdict.MALFORMED;
            }
            error = Arrays.copyOf(out.array(), out.length());
        }
        if (error == null && bytes <= MAX_SEARCHED_BYTES && capture.mayHaveSeenWatched()) {
            JsonNode tree = whole(out, MAX_SEARCHED_BYTES);
            error = tree == null ? null : errorInside(tree);
        }
        if (error != null) {
            errorBody = error;
            return Verdict.ERROR;
        }
        Usage counted = usage();
        if (counted != null && counted.output() == 0) {
            JsonNode tree = whole(out, MAX_ODD_BYTES);
            spoke = tree == null || !saysNothing(tree);
        }
        return Verdict.COMPLETE;
    }

    /** The answer, when it is small and none of it was sent yet. */
    private @Nullable JsonNode whole(OutBuffer out, int most) {
        return bytes > most || out.length() != bytes ? null : UsageJson.object(out.array(), 0, out.length());
    }

    @Override
    public boolean usageComplete() {
        Usage counted = usage();
        return counted != null && UsageJson.isCredible(counted, spoke);
    }

    @Override
    public final byte[] errorBody() {
        return errorBody;
    }

    /** Puts a field's raw value back into an object of its own. */
    protected static byte[] objectOf(String field, byte[] value) {
        OutBuffer out = new OutBuffer(256);
        out.write(("{\"" + field + "\":").getBytes(StandardCharsets.UTF_8));
        out.write(value);
        return out.write('}').toByteArray();
    }

    /** True when a field holds anything: no null, no empty text, list or object. */
    protected static boolean says(byte @Nullable [] value) {
        return value != null
                && value[0] != 'n'
                && value[0] != 'f'
                && !(value.length == 2 && (value[0] == '"' || value[0] == '{' || value[0] == '['));
    }
}
