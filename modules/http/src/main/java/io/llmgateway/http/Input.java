package io.llmgateway.http;

import java.io.IOException;

/**
 * The bytes of one connection, read ahead. Its buffer is made by the first read, larger when a read has filled it, and
 * given back by {@link #trim}. Bytes of a body that are not there yet go past it, straight to the reader's array.
 * Confined to the connection's thread.
 */
public final class Input {
    private static final byte[] NONE = {};

    private final ByteSource source;
    private final int small;
    private final int large;
    private byte[] buffer = NONE;
    private int position;
    private int limit;
    private final FairShare fairShare = new FairShare();

    /**
     * Reads nothing yet.
     *
     * @param small size of the buffer in bytes, 1 or more; thousands of connections wait with one
     * @param large its size once a single read has filled it, which shows a busy connection
     */
    public Input(ByteSource source, int small, int large) {
        this.source = source;
        this.small = small;
        this.large = Math.max(small, large);
    }

    /** Bytes that were read ahead. */
    public int buffered() {
        return limit - position;
    }

    /** The next byte that was read ahead, 0 to 255; -1 when there is none. Never waits. */
    public int peek() {
        return position == limit ? -1 : buffer[position] & 0xff;
    }

    /** The next byte, 0 to 255, waiting for it; -1 at the end of the connection. */
    public int next() throws IOException {
        if (position == limit && !fill()) {
            return -1;
        }
        return buffer[position++] & 0xff;
    }

    /** Waits until a byte is read ahead and leaves it there; false at the end of the connection. */
    public boolean await() throws IOException {
        return position < limit || fill();
    }

    /** Bytes that are there, or those the next read brings; -1 at the end of the connection. */
    public int read(byte[] target, int offset, int length) throws IOException {
        if (position == limit) {
            return fromSource(target, offset, length);
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(buffer, position, target, offset, count);
        position += count;
        return count;
    }

    /**
     * True when the head of another chunk with data lies in the bytes read ahead, so that going on to it does not wait.
     *
     * @param afterChunk true when the line end of the chunk before it comes first
     */
    public boolean holdsChunkHead(boolean afterChunk) {
        int at = position + (afterChunk ? 2 : 0);
        if (at >= limit || buffer[at] == '0') {
            return false;
        }
        while (at < limit && buffer[at] != '\n') {
            at++;
        }
        return at < limit;
    }

    /** Gives a large buffer back before the connection waits; bytes that were read ahead stay. */
    public void trim() {
        if (position == limit && buffer.length > small) {
            buffer = NONE;
            position = 0;
            limit = 0;
        }
    }

    /** The buffer, of which the bytes from {@link #position} to {@link #limit} are read ahead. */
    byte[] buffer() {
        return buffer;
    }

    int position() {
        return position;
    }

    int limit() {
        return limit;
    }

    /** Takes the bytes before this position. */
    void position(int next) {
        position = next;
    }

    /** Reads into the buffer, which is used up; false at the end of the connection. */
    private boolean fill() throws IOException {
        if (buffer.length == 0) {
            buffer = new byte[small];
        } else if (limit == buffer.length && limit < large) {
            buffer = new byte[large];
        }
        position = 0;
        limit = 0;
        int count = fromSource(buffer, 0, buffer.length);
        limit = Math.max(0, count);
        return count > 0;
    }

    private int fromSource(byte[] target, int offset, int length) throws IOException {
        int count = source.read(target, offset, length);
        fairShare.handled(count);
        return count;
    }
}
