package io.llmgateway.upstream;

import java.io.IOException;

/**
 * Decodes one response body: by length, in chunks, or up to the end of the connection. Hands out whatever bytes are
 * there and waits only when there are none. A body that ends too early is an error, never an end. Confined to one
 * exchange. Source: RFC 9112, sections 6 and 7.
 */
final class BodyReader {
    private static final int MAX_CHUNK_LINE = 4 * 1024;
    private static final int MAX_TRAILERS = 16 * 1024;
    private static final int MAX_SIZE_DIGITS = 15;

    private final Channel channel;
    private final Framing framing;
    private long remaining;
    private boolean insideChunk;
    private boolean done;

    /** How the end of a body is known. */
    enum Framing {
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE,
        NONE
    }

    private BodyReader(Channel channel, Framing framing, long remaining) {
        this.channel = channel;
        this.framing = framing;
        this.remaining = remaining;
        this.done = framing == Framing.NONE || (framing == Framing.LENGTH && remaining == 0);
    }

    /** Finds out from the head how the body is framed. */
    static BodyReader of(Channel channel, ResponseHead head) throws BadResponseException {
        int lengths = head.count("content-length");
        int encodings = head.count("transfer-encoding");
        if (head.status() == 204 || head.status() == 304) {
            // such answers have no body; one that announces a body is not trusted with another exchange
            return new BodyReader(channel, lengths + encodings == 0 ? Framing.LENGTH : Framing.NONE, 0);
        }
        if (lengths > 1 || encodings > 1 || (lengths > 0 && encodings > 0)) {
            throw new BadResponseException("the response is framed in more than one way");
        }
        if (encodings == 1) {
            if (!"chunked".equalsIgnoreCase(head.value("transfer-encoding"))) {
                throw new BadResponseException("the transfer encoding is not 'chunked'");
            }
            return new BodyReader(channel, Framing.CHUNKED, 0);
        }
        String length = head.value("content-length");
        return length == null
                ? new BodyReader(channel, Framing.UNTIL_CLOSE, Long.MAX_VALUE)
                : new BodyReader(channel, Framing.LENGTH, decimal(length));
    }

    private static long decimal(String text) throws BadResponseException {
        if (text.isEmpty() || text.length() > 18) {
            throw new BadResponseException("the content length is not a number");
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                throw new BadResponseException("the content length is not a number");
            }
            value = value * 10 + c - '0';
        }
        return value;
    }

    /** The declared length in bytes; -1 when the body is not framed by length. */
    long declaredLength() {
        return framing == Framing.LENGTH || framing == Framing.NONE ? remaining : -1;
    }

    /** True when the body was read to its proper end. */
    boolean done() {
        return done;
    }

    /** True when the body ended as it should and the connection can carry another exchange. */
    boolean reusable() {
        return done && (framing == Framing.LENGTH || framing == Framing.CHUNKED) && channel.buffered() == 0;
    }

    /** Bytes of the body, at least one; -1 at its proper end. */
    int read(byte[] target, int offset, int length) throws IOException {
        if (done) {
            return -1;
        }
        return switch (framing) {
            case LENGTH -> byLength(target, offset, length);
            case CHUNKED -> chunks(target, offset, length);
            case UNTIL_CLOSE -> {
                int count = channel.read(target, offset, length);
                done = count < 0;
                yield count;
            }
            case NONE -> -1;
        };
    }

    private int byLength(byte[] target, int offset, int length) throws IOException {
        int count = channel.read(target, offset, (int) Math.min(length, remaining));
        if (count < 0) {
            throw new TruncatedBodyException(remaining);
        }
        remaining -= count;
        done = remaining == 0;
        return count;
    }

    private int chunks(byte[] target, int offset, int length) throws IOException {
        int produced = 0;
        while (produced < length) {
            if (remaining == 0) {
                if (produced > 0 && !channel.holdsChunkHead(insideChunk)) {
                    return produced;
                }
                if (!nextChunk()) {
                    done = true;
                    return produced > 0 ? produced : -1;
                }
            }
            if (produced > 0 && channel.buffered() == 0) {
                return produced;
            }
            int count = channel.read(target, offset + produced, (int) Math.min(length - produced, remaining));
            if (count < 0) {
                throw new TruncatedBodyException(remaining);
            }
            remaining -= count;
            produced += count;
        }
        return produced;
    }

    /** Moves to the next chunk; false after the last one. */
    private boolean nextChunk() throws IOException {
        if (insideChunk) {
            lineEnd();
        }
        insideChunk = true;
        remaining = chunkSize();
        if (remaining > 0) {
            return true;
        }
        skipTrailers();
        return false;
    }

    private long chunkSize() throws IOException {
        long size = 0;
        int digits = 0;
        while (true) {
            int c = need();
            int value = Character.digit(c, 16);
            if (value < 0) {
                if (digits == 0) {
                    throw new BadResponseException("a chunk has no size");
                }
                endOfSizeLine(c);
                return size;
            }
            if (++digits > MAX_SIZE_DIGITS) {
                throw new BadResponseException("a chunk size has more than " + MAX_SIZE_DIGITS + " digits");
            }
            size = size * 16 + value;
        }
    }

    private void endOfSizeLine(int first) throws IOException {
        int c = first;
        if (c != '\r' && c != ';' && c != ' ' && c != '\t') {
            throw new BadResponseException("a chunk size is not hexadecimal");
        }
        for (int i = 0; c != '\r'; i++) {
            if (i > MAX_CHUNK_LINE || c == '\n') {
                throw new BadResponseException("a chunk extension is malformed");
            }
            c = need();
        }
        if (need() != '\n') {
            throw new BadResponseException("a chunk size line has a carriage return alone");
        }
    }

    private void skipTrailers() throws IOException {
        int total = 0;
        while (true) {
            int lineLength = 0;
            int c = need();
            while (c != '\r') {
                if (c == '\n' || ++total > MAX_TRAILERS) {
                    throw new BadResponseException("the trailers are malformed");
                }
                lineLength++;
                c = need();
            }
            if (need() != '\n') {
                throw new BadResponseException("the trailers have a carriage return alone");
            }
            if (lineLength == 0) {
                return;
            }
        }
    }

    private void lineEnd() throws IOException {
        if (need() != '\r' || need() != '\n') {
            throw new BadResponseException("a chunk does not end where its size says");
        }
    }

    private int need() throws IOException {
        int c = channel.next();
        if (c < 0) {
            throw new TruncatedBodyException(remaining);
        }
        return c;
    }

    /** The connection ended before the body did. */
    static final class TruncatedBodyException extends IOException {
        private static final long serialVersionUID = 1L;

        TruncatedBodyException(long missing) {
            super("the connection ended inside the body, at least " + Math.max(1, missing) + " bytes are missing");
        }
    }
}
