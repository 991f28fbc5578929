package io.llmgateway.upstream;

import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Decodes gzip with any number of members, and deflate in both forms that are sent: in the zlib format, as RFC 9110,
 * section 8.4.1.2, says, and raw. Confined to one exchange. Source: RFC 1952, RFC 1950.
 */
final class InflatingDecoder implements Decoder {
    private static final int BUFFER = 4 * 1024;
    /** What an inflater holds outside of the heap, with its window of 32 KiB. */
    private static final int STATE_BYTES = 48 * 1024;

    private static final int MAX_TEXT = 4 * 1024;
    private static final int HAS_CHECK = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;
    private static final int KNOWN_FLAGS = 31;

    private final Source source;
    private final boolean gzip;
    private final DecodingMemory.Share memory;
    private final CRC32 check = new CRC32();
    private final byte[] buffer = new byte[BUFFER];
    private @Nullable Inflater inflater;
    private int position;
    private int limit;
    private boolean begun;
    private boolean ended;

    private InflatingDecoder(Source source, boolean gzip, DecodingMemory.Share memory) {
        this.source = source;
        this.gzip = gzip;
        this.memory = memory;
    }

    static InflatingDecoder gzip(Source source, DecodingMemory.Share memory) {
        return new InflatingDecoder(source, true, memory);
    }

    static InflatingDecoder deflate(Source source, DecodingMemory.Share memory) {
        return new InflatingDecoder(source, false, memory);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (!ended) {
            Inflater current = inflater;
            if (current == null) {
                begin();
                continue;
            }
            int count = inflate(current, target, offset, length);
            if (count > 0) {
                return count;
            }
            if (current.finished()) {
                position -= current.getRemaining();
                finish(current);
            } else if (current.needsDictionary()) {
                throw bad("they need a dictionary", null);
            } else if (current.needsInput()) {
                need();
                current.setInput(buffer, position, limit - position);
                position = limit;
            }
        }
        return -1;
    }

    private int inflate(Inflater current, byte[] target, int offset, int length) throws BadCodingException {
        try {
            int count = current.inflate(target, offset, length);
            check.update(target, offset, count);
            return count;
        } catch (DataFormatException e) {
            throw bad(String.valueOf(e.getMessage()), e);
        }
    }

    /** The first data, another gzip member, or the end: a body of no bytes is an empty one. */
    private void begin() throws IOException {
        if (position == limit && !fill()) {
            ended = true;
        } else if (gzip) {
            header();
            opened(new Inflater(true));
        } else if (begun) {
            throw bad("bytes follow their end", null);
        } else {
            // two bytes that are no header of zlib's are the first of raw data
            byte[] first = {(byte) next(), (byte) next()};
            int both = (first[0] & 0xff) << 8 | (first[1] & 0xff);
            boolean zlib = (first[0] & 0x8f) == 8 && both % 31 == 0;
            opened(new Inflater(!zlib)).setInput(first);
        }
        begun = true;
    }

    private Inflater opened(Inflater next) {
        inflater = next;
        memory.upTo(STATE_BYTES);
        check.reset();
        return next;
    }

    /** A member's header, checked and thrown away. */
    private void header() throws IOException {
        check.reset();
        if (headerByte() != 0x1f || headerByte() != 0x8b || headerByte() != 8) {
            throw bad(begun ? "what follows a member is none" : "they do not begin like gzip", null);
        }
        int flags = headerByte();
        if ((flags & ~KNOWN_FLAGS) != 0) {
            throw bad("the header has unknown flags", null);
        }
        skip(6);
        if ((flags & HAS_EXTRA) != 0) {
            skip(headerByte() | headerByte() << 8);
        }
        if ((flags & HAS_NAME) != 0) {
            text();
        }
        if ((flags & HAS_COMMENT) != 0) {
            text();
        }
        if ((flags & HAS_CHECK) != 0) {
            long expected = check.getValue() & 0xffff;
            if ((next() | next() << 8) != expected) {
                throw bad("the header's check sum is wrong", null);
            }
        }
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            headerByte();
        }
    }

    private void text() throws IOException {
        for (int i = 0; headerByte() != 0; i++) {
            if (i == MAX_TEXT) {
                throw bad("the header is too long", null);
            }
        }
    }

    private int headerByte() throws IOException {
        int value = next();
        check.update(value);
        return value;
    }

    private void finish(Inflater current) throws IOException {
        if (gzip) {
            long sum = check.getValue();
            long size = current.getBytesWritten() & 0xffffffffL;
            if (number() != sum || number() != size) {
                throw bad("the check sum is wrong", null);
            }
        }
        inflater = null;
        current.end();
    }

    private long number() throws IOException {
        long value = 0;
        for (int i = 0; i < 32; i += 8) {
            value |= (long) next() << i;
        }
        return value;
    }

    private int next() throws IOException {
        need();
        return buffer[position++] & 0xff;
    }

    private void need() throws IOException {
        if (position == limit && !fill()) {
            throw new CutCodingException(name());
        }
    }

    private boolean fill() throws IOException {
        int count = source.read(buffer, 0, buffer.length);
        position = 0;
        limit = Math.max(0, count);
        return count > 0;
    }

    private String name() {
        return gzip ? "gzip" : "deflate";
    }

    private BadCodingException bad(String why, @Nullable Throwable cause) {
        return new BadCodingException("the " + name() + " data of the response are damaged: " + why, cause);
    }

    @Override
    public void close() {
        if (inflater != null) {
            inflater.end();
            inflater = null;
        }
        ended = true;
        memory.close();
    }
}
