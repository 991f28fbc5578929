package io.llmgateway.wire;

/**
 * A part of a byte array, shared and not copied. Treat it as read only.
 *
 * @param bytes the array the part lies in
 * @param offset its first byte
 * @param length its length in bytes; may be 0
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose; slices are never compared
public record Slice(byte[] bytes, int offset, int length) {
    /** The whole array. */
    public static Slice of(byte[] bytes) {
        return new Slice(bytes, 0, bytes.length);
    }
}
