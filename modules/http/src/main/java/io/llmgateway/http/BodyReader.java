package io.llmgateway.http;

import java.io.IOException;

/**
 * Decodes one body: by length, in chunks, or up to the end of the connection. Hands out whatever bytes are there and
 * waits only when there are none. A body that ends too early is an error, never an end. Confined to one message.
 * Source: RFC 9112, sections 6 and 7.
 */
public final class BodyReader {
    /** Bytes of framing that every body may use. */
    private static final long FRAMING_ALLOWANCE = 256 * 1024L;

    /** What a request may use besides: a quarter of its body. A client decides how large its chunks are. */
    private static final int REQUEST_EIGHTHS = 2;

    /** What a response may use besides, in eighths of its body: a stream may come in chunks of one byte. */
    private static final int RESPONSE_EIGHTHS = 64;

    private final Input in;
    private final Framing framing;
    private final boolean trusted;
    private final int eighths;
    private final long declared;
    private long remaining;
    private long delivered;
    private long raw;
    private boolean insideChunk;
    private boolean done;

    /** How the end of a body is known. */
    private enum Framing {
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    private BodyReader(Input in, Framing framing, long length, boolean trusted, int eighths) {
        this.in = in;
        this.framing = framing;
        this.declared = framing == Framing.LENGTH ? length : -1;
        this.remaining = framing == Framing.CHUNKED ? 0 : length;
        this.trusted = trusted;
        this.eighths = eighths;
        this.done = framing == Framing.LENGTH && length == 0;
    }

    /** The body of a request; without a length and without chunks it is empty (RFC 9112, 6.3). */
    public static BodyReader of(Input in, RequestHead head) throws BadMessageException {
        head.checkFraming();
        return head.chunked()
                ? new BodyReader(in, Framing.CHUNKED, 0, true, REQUEST_EIGHTHS)
                : new BodyReader(in, Framing.LENGTH, Math.max(0, head.contentLength()), true, REQUEST_EIGHTHS);
    }

    /**
     * The body of a response.
     *
     * @param answersHead true when the request was HEAD, so that there is none whatever its fields say
     */
    public static BodyReader of(Input in, ResponseHead head, boolean answersHead) throws BadMessageException {
        boolean never = head.status() == 204 || head.status() == 304;
        if (never || answersHead) {
            // RFC 9112, 6.3: such responses have none; one that announces it is not trusted with another exchange
            return new BodyReader(in, Framing.LENGTH, 0, answersHead || !head.framed(), RESPONSE_EIGHTHS);
        }
        head.checkFraming();
        if (head.chunked()) {
            return new BodyReader(in, Framing.CHUNKED, 0, true, RESPONSE_EIGHTHS);
        }
        long length = head.contentLength();
        return length < 0
                ? new BodyReader(in, Framing.UNTIL_CLOSE, Long.MAX_VALUE, false, RESPONSE_EIGHTHS)
                : new BodyReader(in, Framing.LENGTH, length, true, RESPONSE_EIGHTHS);
    }

    /** The whole length in bytes that the head declares, 0 for a message without a body; -1 when it is not known. */
    public long declaredLength() {
        return declared;
    }

    /** How long the body is at least, in bytes: what was handed out, and the rest of the chunk that has begun. */
    public long announced() {
        return framing == Framing.CHUNKED ? delivered + remaining : Math.max(0, declared);
    }

    /** True when the body comes in chunks. */
    public boolean chunked() {
        return framing == Framing.CHUNKED;
    }

    /** True when the body has come to its proper end. */
    public boolean done() {
        return done;
    }

    /**
     * True when the body ended as it should, nothing was read behind it, and the connection can carry another exchange
     * as far as the framing tells. A pipelined request behind the body of a request makes it false as well.
     */
    public boolean reusable() {
        return done && trusted && in.buffered() == 0;
    }

    /** Bytes of framing that were read besides the body: chunk sizes, line ends, extensions, trailers. */
    public long rawBytes() {
        return raw;
    }

    /**
     * Bytes of the body, at least one; -1 at its proper end.
     *
     * @param length most bytes, 1 or more
     * @throws TruncatedBodyException when the connection ends before the body
     * @throws BadMessageException when the framing breaks a rule or a bound
     */
    public int read(byte[] target, int offset, int length) throws IOException {
        if (done) {
            return -1;
        }
        return switch (framing) {
            case LENGTH -> byLength(target, offset, length);
            case CHUNKED -> chunks(target, offset, length);
            case UNTIL_CLOSE -> {
                int count = in.read(target, offset, length);
                done = count < 0;
                yield count;
            }
        };
    }

    private int byLength(byte[] target, int offset, int length) throws IOException {
        int count = in.read(target, offset, (int) Math.min(length, remaining));
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
                if (produced > 0 && !in.holdsChunkHead(insideChunk)) {
                    return produced;
                }
                if (!nextChunk()) {
                    done = true;
                    return produced > 0 ? produced : -1;
                }
            }
            if (produced > 0 && in.buffered() == 0) {
                return produced;
            }
            int count = in.read(target, offset + produced, (int) Math.min(length - produced, remaining));
            if (count < 0) {
                throw new TruncatedBodyException(remaining);
            }
            remaining -= count;
            delivered += count;
            produced += count;
        }
        return produced;
    }

    /** Moves to the next chunk; false after the last one. */
    private boolean nextChunk() throws IOException {
        if (insideChunk && (need() != '\r' || need() != '\n')) {
            throw BadMessageException.malformed("a chunk does not end where its size says");
        }
        insideChunk = true;
        remaining = ChunkLines.size(this);
        if (remaining > 0) {
            return true;
        }
        ChunkLines.skipTrailers(this);
        return false;
    }

    /** The next byte of the framing. */
    int need() throws IOException {
        int c = in.next();
        if (c < 0) {
            throw new TruncatedBodyException(remaining);
        }
        if (++raw > FRAMING_ALLOWANCE && raw - FRAMING_ALLOWANCE > delivered / 8 * eighths) {
            throw BadMessageException.malformed("chunk sizes, extensions and trailers are larger than allowed");
        }
        return c;
    }
}
