package io.llmgateway.wire;

import java.util.Arrays;

/**
 * A growing byte buffer that hands out its array, so that what was gathered leaves in one write. What it takes beyond
 * {@value #LARGE} bytes is charged to its meter. Confined to one request.
 */
public final class OutBuffer {
    private static final int LARGE = 64 * 1024;
    private static final int SMALL = 4 * 1024;
    private static final int MAX_BYTES = Integer.MAX_VALUE - 8;
    private static final byte[] NOTHING = new byte[0];

    private final MemoryMeter meter;
    private byte[] bytes;
    private int length;

    /** Makes an empty buffer with room for this many bytes, whose growth nobody counts. */
    public OutBuffer(int initialBytes) {
        this(initialBytes, MemoryMeter.NONE);
    }

    /**
     * Makes an empty buffer.
     *
     * @param initialBytes room before it grows; at most 64 KiB, for it is not charged
     * @param meter is charged for the array once it is larger than 64 KiB
     */
    public OutBuffer(int initialBytes, MemoryMeter meter) {
        this.meter = meter;
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
            letGo(new byte[SMALL]);
        }
    }

    /** Forgets the content and the memory; the buffer can be filled again. */
    public void free() {
        length = 0;
        letGo(NOTHING);
    }

    /** A copy of the content. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    private void room(int count) {
        if (length + count > bytes.length || length + count < 0) {
            grow(count);
        }
    }

    private void grow(int count) {
        long needed = (long) length + count;
        if (needed > MAX_BYTES) {
            throw new IllegalStateException("a buffer of " + needed + " bytes cannot be made");
        }
        int larger = (int) Math.min(MAX_BYTES, Math.max(bytes.length * 2L, needed));
        if (larger > LARGE) {
            meter.charge(larger - (long) charged());
        }
        bytes = Arrays.copyOf(bytes, larger);
    }

    private void letGo(byte[] instead) {
        int before = charged();
        bytes = instead;
        if (before > 0) {
            meter.release(before);
        }
    }

    private int charged() {
        return bytes.length > LARGE ? bytes.length : 0;
    }
}
