package io.llmgateway.wire;

import io.llmgateway.wire.RequestFacts.Range;
import java.util.ArrayList;
import java.util.List;

/**
 * Replaces ranges of a body without touching one byte between them. The result is a list of slices that share the
 * original array, so a megabyte of conversation is not copied to change a model name. Confined to one request.
 */
public final class Splice {
    private final byte[] body;
    private final int length;
    private final List<Slice> parts = new ArrayList<>(5);
    private int done;

    /** Starts on the first {@code length} bytes of a body. */
    public Splice(byte[] body, int length) {
        this.body = body;
        this.length = length;
    }

    /**
     * Puts {@code replacement} where the range stands. Ranges must come in ascending order and must not overlap; an
     * empty range inserts.
     */
    public Splice replace(Range range, byte[] replacement) {
        if (range.start() < done || range.end() > length) {
            throw new IllegalArgumentException("ranges must ascend within the body");
        }
        keepTo(range.start());
        parts.add(Slice.of(replacement));
        done = range.end();
        return this;
    }

    /** The spliced body as slices in order. */
    public List<Slice> slices() {
        keepTo(length);
        return parts;
    }

    private void keepTo(int end) {
        if (end > done) {
            parts.add(new Slice(body, done, end - done));
            done = end;
        }
    }
}
