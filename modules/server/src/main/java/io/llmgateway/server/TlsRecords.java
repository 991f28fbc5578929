package io.llmgateway.server;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of a connection into TLS records (RFC 8446, 5.1) and reads no further than the record asked for, but
 * for a few hundred bytes. What it holds grows with what has come, not with what a record's length promises: a client
 * that sends a header and nothing else costs {@value #SMALL} bytes. Confined to the thread that reads.
 */
final class TlsRecords {
    /** Content type of handshake messages. */
    static final int HANDSHAKE = 22;

    private static final int HEADER = 5;
    private static final int MAJOR_VERSION = 3;
    private static final int FIRST_TYPE = 20;
    private static final int LAST_TYPE = 23;

    /** Most bytes that are read ahead, and all that a waiting read between records holds. */
    private static final int SMALL = 512;

    /** Largest encrypted record of TLS 1.2, in bytes; smaller ones are bounded by the engine (RFC 5246, 6.2.3). */
    private static final int MAX_LENGTH = 16_384 + 2_048;

    /** After a record of this size the next one gets a whole buffer at once. */
    private static final int BULK = 4_096;

    private static final int GROWTH = 4;

    /** Most bytes of a plain request's head that are read before it is refused. */
    private static final int MAX_DROPPED = 8_192;

    private final ClientSocket below;
    private byte[] small = {};
    private int from;
    private int to;
    private int last;
    private @Nullable ByteBuffer shared;

    TlsRecords(ClientSocket below) {
        this.below = below;
    }

    /** Waits for the first byte of the next record and leaves it there; -1 when the connection has ended before. */
    int first() throws IOException {
        return ahead(1) ? small[from] & 0xff : -1;
    }

    /** Reads bytes that are no TLS and drops them, up to an empty line; gives up when they are too many. */
    void dropHead() throws IOException {
        int dropped = 0;
        int ends = 0;
        while (ends < 2 && dropped < MAX_DROPPED && ahead(1)) {
            byte next = small[from++];
            dropped++;
            ends = next == '\n' ? ends + 1 : next == '\r' ? ends : 0;
        }
        from = to;
    }

    /**
     * Waits for the next record. It is valid until {@link #release}.
     *
     * @return one whole record with its header; null when the connection has ended before its first byte
     * @throws EOFException when the connection ended inside
     * @throws SSLException when it is no record of TLS
     */
    @Nullable
    ByteBuffer next() throws IOException {
        if (!ahead(1)) {
            return null;
        }
        if (!ahead(HEADER)) {
            throw left();
        }
        int type = small[from] & 0xff;
        int length = (small[from + 3] & 0xff) << 8 | (small[from + 4] & 0xff);
        if (type < FIRST_TYPE || type > LAST_TYPE || small[from + 1] != MAJOR_VERSION || length > MAX_LENGTH) {
            throw new SSLException("no TLS record");
        }
        int size = HEADER + length;
        ByteBuffer record = size <= SMALL ? small(size) : large(size);
        last = size;
        return record;
    }

    private ByteBuffer small(int size) throws IOException {
        if (!ahead(size)) {
            throw left();
        }
        ByteBuffer record = ByteBuffer.wrap(small, from, size);
        from += size;
        return record;
    }

    @SuppressWarnings("ByteBufferBackingArray") // what RecordBuffers gives has the whole of its array
    private ByteBuffer large(int size) throws IOException {
        if (!ahead(SMALL)) {
            throw left();
        }
        byte[] bytes;
        if (last >= BULK) {
            shared = RecordBuffers.take(size);
            bytes = shared.array();
        } else {
            bytes = new byte[Math.min(size, SMALL * GROWTH)];
        }
        int count = SMALL;
        System.arraycopy(small, 0, bytes, 0, count);
        from = to;
        while (count < size) {
            if (count == bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(size, bytes.length * GROWTH));
            }
            int read = below.read(bytes, count, Math.min(size, bytes.length) - count);
            if (read < 0) {
                throw left();
            }
            count += read;
        }
        return ByteBuffer.wrap(bytes, 0, size);
    }

    private static EOFException left() {
        return new EOFException("the client has left inside a TLS record");
    }

    /** The record is used up. */
    void release() {
        ByteBuffer used = shared;
        if (used != null) {
            shared = null;
            RecordBuffers.give(used);
        }
    }

    /** Reads until so many bytes are there, at most {@value #SMALL}; false when the connection ended before. */
    private boolean ahead(int count) throws IOException {
        if (small.length == 0) {
            small = new byte[SMALL];
        }
        if (from + count > SMALL) {
            System.arraycopy(small, from, small, 0, to - from);
            to -= from;
            from = 0;
        }
        while (to - from < count) {
            if (from == to) {
                from = 0;
                to = 0;
            }
            int read = below.read(small, to, SMALL - to);
            if (read < 0) {
                return false;
            }
            to += read;
        }
        return true;
    }
}
