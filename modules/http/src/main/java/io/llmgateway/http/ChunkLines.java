package io.llmgateway.http;

import java.io.IOException;

/** The lines between the chunks of a body. Stateless. Source: RFC 9112, section 7.1. */
final class ChunkLines {
    private static final int MAX_SIZE_DIGITS = 15;

    /** Most bytes of a chunk's extensions. */
    private static final int MAX_EXTENSIONS = 1024;

    /** Most bytes of all trailers. */
    private static final int MAX_TRAILERS = 16 * 1024;

    private ChunkLines() {}

    /** Reads the line before a chunk. */
    static long size(BodyReader body) throws IOException {
        long size = 0;
        int c = body.need();
        int digits = 0;
        for (int value = Bytes.hex(c); value >= 0; value = Bytes.hex(c)) {
            if (++digits > MAX_SIZE_DIGITS) {
                throw BadMessageException.malformed("a chunk size has more than " + MAX_SIZE_DIGITS + " digits");
            }
            size = size * 16 + value;
            c = body.need();
        }
        if (digits == 0) {
            throw BadMessageException.malformed("a chunk has no size");
        }
        if (c != '\r') {
            c = new Extensions(body).skip(c);
        }
        endOfLine(body, c);
        return size;
    }

    private static void endOfLine(BodyReader body, int c) throws IOException {
        if (c != '\r' || body.need() != '\n') {
            throw BadMessageException.malformed("a line of a chunk does not end with CRLF");
        }
    }

    /** Checks and drops the fields behind the last chunk; nothing of them is ever used (RFC 9110, 6.5.1). */
    static void skipTrailers(BodyReader body) throws IOException {
        long before = body.rawBytes();
        int c = body.need();
        while (c != '\r') {
            int name = 0;
            while (Bytes.token((byte) c)) {
                name++;
                bound(body, before, MAX_TRAILERS);
                c = body.need();
            }
            if (name == 0 || c != ':') {
                throw BadMessageException.malformed("a trailer has no valid name");
            }
            c = body.need();
            while (Bytes.text((byte) c)) {
                bound(body, before, MAX_TRAILERS);
                c = body.need();
            }
            endOfLine(body, c);
            c = body.need();
        }
        endOfLine(body, c);
    }

    private static void bound(BodyReader body, long before, int most) throws BadMessageException {
        if (body.rawBytes() - before > most) {
            throw BadMessageException.malformed("chunk extensions or trailers are larger than allowed");
        }
    }

    /** Checks and drops what follows a chunk's size (RFC 9112, 7.1.1). Confined to one line. */
    private static final class Extensions {
        private final BodyReader body;
        private final long before;

        Extensions(BodyReader body) {
            this.body = body;
            this.before = body.rawBytes();
        }

        /** Reads up to the line's end, whose first byte is given back. */
        int skip(int first) throws IOException {
            int c = first;
            while (c != '\r') {
                c = blanks(c);
                if (c != ';') {
                    throw malformed();
                }
                c = token(blanks(next()));
                int behind = blanks(c);
                if (behind == '=') {
                    int value = blanks(next());
                    c = value == '"' ? quoted() : token(value);
                } else if (behind == '\r' && Bytes.blank(c)) {
                    throw malformed();
                } else {
                    c = behind;
                }
            }
            return c;
        }

        private int next() throws IOException {
            bound(body, before, MAX_EXTENSIONS);
            return body.need();
        }

        private int blanks(int first) throws IOException {
            int c = first;
            while (Bytes.blank(c)) {
                c = next();
            }
            return c;
        }

        private int token(int first) throws IOException {
            int c = first;
            if (!Bytes.token((byte) c)) {
                throw malformed();
            }
            while (Bytes.token((byte) c)) {
                c = next();
            }
            return c;
        }

        /** RFC 9110, 5.6.4. */
        private int quoted() throws IOException {
            int c = next();
            while (c != '"') {
                c = c == '\\' ? next() : c;
                if (!Bytes.text((byte) c)) {
                    throw malformed();
                }
                c = next();
            }
            return next();
        }

        private static BadMessageException malformed() {
            return BadMessageException.malformed("a chunk extension is malformed");
        }
    }
}
