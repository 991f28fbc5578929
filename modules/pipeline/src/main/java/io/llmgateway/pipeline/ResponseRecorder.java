package io.llmgateway.pipeline;

import io.llmgateway.wire.OutBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Hands an answer on and notes its status and length; and the beginning of what it says, for keys that want that
 * logged. Confined to one request.
 */
final class ResponseRecorder implements ClientAnswer {
    private final ClientAnswer to;
    private @Nullable OutBuffer kept;
    private int limit;
    private int status;
    private long length;

    ResponseRecorder(ClientAnswer to) {
        this.to = to;
    }

    /** Keeps so many bytes from now on. */
    void keep(int maxBytes) {
        limit = maxBytes;
        kept = new OutBuffer(Math.min(limit, 1024));
    }

    /** What was kept; null when nothing should be. */
    byte @Nullable [] kept() {
        return kept == null ? null : kept.toByteArray();
    }

    /** The status that was sent; 0 when none was. */
    int status() {
        return status;
    }

    /** How many bytes the whole answer had. */
    long length() {
        return length;
    }

    private void note(byte[] bytes, int count) {
        length += count;
        if (kept != null) {
            kept.write(bytes, 0, Math.min(count, limit - kept.length()));
        }
    }

    @Override
    public void header(String lowerCaseName, String value) {
        to.header(lowerCaseName, value);
    }

    @Override
    public void whole(int sent, byte[] body, int count) {
        status = sent;
        note(body, count);
        to.whole(sent, body, count);
    }

    @Override
    public void begin(int sent, String contentType) {
        status = sent;
        to.begin(sent, contentType);
    }

    @Override
    public void write(byte[] bytes, int count) {
        note(bytes, count);
        to.write(bytes, count);
    }

    @Override
    public void end() {
        to.end();
    }

    @Override
    public void abort() {
        to.abort();
    }

    @Override
    public boolean committed() {
        return to.committed();
    }
}
