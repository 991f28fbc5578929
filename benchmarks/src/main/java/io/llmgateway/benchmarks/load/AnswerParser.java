package io.llmgateway.benchmarks.load;

import java.nio.charset.StandardCharsets;

/**
 * Takes HTTP/1.1 answers apart as their bytes come, one after another on one connection. It believes what it sees: what
 * it measures is checked by tests elsewhere. Confined to one connection.
 */
final class AnswerParser {
    private static final int MAX_HEAD = 16 * 1024;
    private static final byte[] LENGTH = "\r\ncontent-length:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHUNKED = "\r\ntransfer-encoding:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CLOSE = "\r\nconnection: close".getBytes(StandardCharsets.US_ASCII);

    private byte[] head = new byte[512];
    private int headLength;
    private State state = State.HEAD;
    private long remaining;
    private boolean chunked;
    private boolean last;
    private int status;
    private boolean close;

    /** Where in an answer the next byte belongs. */
    private enum State {
        HEAD,
        BODY,
        SIZE,
        SIZE_END,
        AFTER_CHUNK
    }

    /** Who is told what was found. */
    interface Sink {
        /** A part of a body. */
        void body(byte[] bytes, int from, int to);

        /** The answer is complete; {@code close} when the connection ends with it. */
        void complete(int status, boolean close);
    }

    /** Takes the next bytes. */
    void feed(byte[] bytes, int length, Sink sink) {
        int at = 0;
        while (at < length) {
            at = switch (state) {
                case HEAD -> head(bytes, at, length, sink);
                case BODY -> body(bytes, at, length, sink);
                case SIZE, SIZE_END, AFTER_CHUNK -> framing(bytes[at], at + 1, sink);
            };
        }
    }

    private int head(byte[] bytes, int from, int length, Sink sink) {
        int at = from;
        while (at < length) {
            if (headLength == head.length) {
                if (headLength >= MAX_HEAD) {
                    throw new IllegalStateException("an answer has a head of more than " + MAX_HEAD + " bytes");
                }
                head = java.util.Arrays.copyOf(head, headLength * 2);
            }
            byte b = bytes[at++];
            head[headLength++] = b;
            if (b == '\n' && headLength >= 4 && head[headLength - 3] == '\n') {
                begin(sink);
                return at;
            }
        }
        return at;
    }

    private void begin(Sink sink) {
        status = (head[9] - '0') * 100 + (head[10] - '0') * 10 + head[11] - '0';
        int lengthAt = find(LENGTH);
        chunked = find(CHUNKED) >= 0;
        close = find(CLOSE) >= 0;
        remaining = lengthAt < 0 ? 0 : number(lengthAt);
        headLength = 0;
        if (chunked) {
            state = State.SIZE;
            remaining = 0;
        } else if (remaining > 0) {
            state = State.BODY;
        } else {
            done(sink);
        }
    }

    private int find(byte[] lowerCase) {
        for (int i = 0; i + lowerCase.length <= headLength; i++) {
            int k = 0;
            while (k < lowerCase.length && lower(head[i + k]) == lowerCase[k]) {
                k++;
            }
            if (k == lowerCase.length) {
                return i + k;
            }
        }
        return -1;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + 32 : b;
    }

    private long number(int from) {
        long value = 0;
        for (int i = from; head[i] != '\r'; i++) {
            if (head[i] >= '0' && head[i] <= '9') {
                value = value * 10 + head[i] - '0';
            }
        }
        return value;
    }

    private int body(byte[] bytes, int from, int length, Sink sink) {
        int count = (int) Math.min(remaining, length - from);
        sink.body(bytes, from, from + count);
        remaining -= count;
        if (remaining == 0) {
            if (chunked) {
                state = State.AFTER_CHUNK;
            } else {
                done(sink);
            }
        }
        return from + count;
    }

    private int framing(byte b, int next, Sink sink) {
        switch (state) {
            case SIZE -> {
                int digit = Character.digit(b, 16);
                if (digit >= 0) {
                    remaining = remaining * 16 + digit;
                } else {
                    state = State.SIZE_END;
                }
            }
            case SIZE_END -> {
                if (b == '\n') {
                    last = remaining == 0;
                    state = last ? State.AFTER_CHUNK : State.BODY;
                }
            }
            default -> {
                if (b == '\n' && last) {
                    last = false;
                    done(sink);
                } else if (b == '\n') {
                    state = State.SIZE;
                }
            }
        }
        return next;
    }

    private void done(Sink sink) {
        state = State.HEAD;
        sink.complete(status, close);
    }

    /** Begins anew, for a new connection. */
    void reset() {
        state = State.HEAD;
        headLength = 0;
        remaining = 0;
        last = false;
    }
}
