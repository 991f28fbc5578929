package io.llmgateway.wire;

import java.util.Arrays;

/**
 * A growing byte buffer that hands out its array, so that what was gathered leaves in one write. Confined to one
 * request.
 */
public final class OutBuffer {
    private byte[] bytes;
    private int length;

    /** Makes an empty buffer with room for this many bytes. */
    public OutBuffer(int initialBytes) {
        this.bytes = new byte[initialBytes];
    }

    /** Appends a whole array. */
    public OutBuffer write(byte[] more) {
        return write(more, 0, more.length);
    }

    /** Appends a part of an array. */
    public OutBuffer write(byte[] more, int offset, int count) {
        room(count);
        System.arraycopy(more, offset, bytes, length, count);
        length += count;
        return this;
    }

    /** Appends one byte. */
    public OutBuffer write(int b) {
        room(1);
        bytes[length++] = (byte) b;
        return this;
    }

    /** Appends a text whose characters are at most those of ISO 8859-1. */
    public OutBuffer write(String text) {
        return write(text, 0, text.length());
    }

    /** Appends a part of a text whose characters are at most those of ISO 8859-1. */
    @SuppressWarnings("deprecation") // the only way to copy such a text without an array in between
    public OutBuffer write(String text, int start, int end) {
        room(end - start);
        text.getBytes(start, end, bytes, length);
        length += end - start;
        return this;
    }

    /** The array that holds the bytes; it is replaced when the buffer grows. */
    public byte[] array() {
        return bytes;
    }

    /** How many bytes of {@link #array()} count. */
    public int length() {
        return length;
    }

    /** Forgets the content and keeps the memory, unless one large event made it large. */
    public void clear() {
        length = 0;
        if (bytes.length > LARGE) {
            bytes = new byte[SMALL];
        }
    }

    /** A copy of the content. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    private static final int LARGE = 64 * 1024;
    private static final int SMALL = 4 * 1024;

    private void room(int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
        }
    }
}
