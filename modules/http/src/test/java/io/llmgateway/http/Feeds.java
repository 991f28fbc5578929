package io.llmgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the same bytes in every way a network may deliver them: at once, byte by byte, split at every position, and
 * through buffers of a few bytes; the outcome must be the same. Stateless.
 */
final class Feeds {
    private static final int MAX_SPLITS = 600;

    private Feeds() {}

    /** Reads a message and says what it has found. */
    interface Reading {
        String of(Input in) throws IOException;
    }

    /** The bytes of a row: ~ is CRLF, other bytes that no editor shows are named in braces. */
    static String bytes(String row) {
        return row.replace("~", "\r\n")
                .replace("{CR}", "\r")
                .replace("{LF}", "\n")
                .replace("{NUL}", "\0")
                .replace("{TAB}", "\t")
                .replace("{VT}", "\u000b")
                .replace("{DEL}", "\u007f")
                .replace("{80}", "\u0080")
                .replace("{FF}", "\u00ff")
                .replace("{SP}", " ");
    }

    /** The outcome, which is what was found and the bytes that are left, or the fault. */
    static String everyWay(String message, Reading reading) {
        byte[] bytes = message.getBytes(StandardCharsets.ISO_8859_1);
        String expected = outcome(bytes, new Source(bytes, bytes.length, bytes.length), 2048, reading);
        assertThat(outcome(bytes, new Source(bytes, 0, 1), 2048, reading))
                .as("byte by byte")
                .isEqualTo(expected);
        for (int size : new int[] {1, 2, 3, 7}) {
            assertThat(outcome(bytes, new Source(bytes, bytes.length, bytes.length), size, reading))
                    .as("a buffer of %d bytes", size)
                    .isEqualTo(expected);
        }
        for (int split = 1; split < Math.min(bytes.length, MAX_SPLITS); split++) {
            assertThat(outcome(bytes, new Source(bytes, split, bytes.length), 2048, reading))
                    .as("split at %d", split)
                    .isEqualTo(expected);
        }
        return expected;
    }

    static String outcome(byte[] bytes, Source source, int buffer, Reading reading) {
        Input in = new Input(source, buffer, 2 * buffer);
        try {
            String found = reading.of(in);
            int left = source.left() + in.buffered();
            return left == 0
                    ? found
                    : found + " then " + new String(bytes, bytes.length - left, left, StandardCharsets.ISO_8859_1);
        } catch (BadMessageException e) {
            return Integer.toString(e.fault().status());
        } catch (TruncatedBodyException e) {
            return "cut";
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Gives some bytes first and then pieces of a size; counts what was asked for. Confined to one reading. */
    static final class Source implements ByteSource {
        private final byte[] bytes;
        private final int first;
        private final int piece;
        private int at;

        Source(byte[] bytes, int first, int piece) {
            this.bytes = bytes;
            this.first = first;
            this.piece = piece;
        }

        int left() {
            return bytes.length - at;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            assertThat(length).isPositive();
            if (at == bytes.length) {
                return -1;
            }
            int most = at < first ? first - at : piece;
            int count = Math.min(Math.min(most, length), left());
            System.arraycopy(bytes, at, target, offset, count);
            at += count;
            return count;
        }
    }

    /** The whole of a body, read in pieces of a size. */
    static String body(BodyReader body, int piece) throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] part = new byte[piece];
        int count = body.read(part, 0, part.length);
        while (count >= 0) {
            assertThat(count).isBetween(1, piece);
            text.append(new String(part, 0, count, StandardCharsets.ISO_8859_1));
            count = body.read(part, 0, part.length);
        }
        assertThat(body.done()).isTrue();
        assertThat(body.read(part, 0, part.length)).as("the end stays the end").isEqualTo(-1);
        return text.toString();
    }
}
