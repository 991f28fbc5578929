package io.llmgateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.http.BadMessageException.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every bound of a message, at the last byte that it allows and at the next one; the same in every way it comes. */
class BoundsTest {
    private static final Limits LIMITS = new Limits(50, 120, 4);
    private static final String HOST = "Host: a\r\n";

    private static String request(String text) {
        return Feeds.everyWay(text, in -> {
            RequestHead head = new RequestHead(LIMITS);
            assertThat(head.read(in)).isTrue();
            return "read";
        });
    }

    private static String response(String text) {
        return Feeds.everyWay(text, in -> {
            ResponseHead head = new ResponseHead(LIMITS);
            assertThat(head.read(in)).isTrue();
            return "read";
        });
    }

    @ParameterizedTest
    @CsvSource({"36, read", "37, 414", "5000, 414"})
    void requestLine(int more, String expected) {
        assertThat(request("GET /" + "x".repeat(more) + " HTTP/1.1\r\n" + HOST + "\r\n"))
                .isEqualTo(expected);
        assertThat(request("GET /" + "x".repeat(more) + " HTTP/1.1\r\n").equals("400"))
                .isEqualTo("read".equals(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "GET /, 50, the first line is longer than 50 bytes",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nA: , 50, a header field is longer than 50 bytes",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nA: 1234567890123456789012345678901234567890\\r\\nB: , 45,"
                + " the head is larger than 120 bytes",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nb:\\r\\nc:\\r\\nd:\\r\\ne: , 1, the head has more than 4 fields"
    })
    void refusal_namesTheBound(String start, int more, String message) {
        String text = start.replace("\\r\\n", "\r\n") + "x".repeat(more) + "\r\n\r\n";

        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        Input in = new Input(new Feeds.Source(bytes, 0, bytes.length), bytes.length, 2 * bytes.length);

        assertThatThrownBy(() -> new RequestHead(LIMITS).read(in))
                .isInstanceOf(BadMessageException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"47, read", "48, 431", "5000, 431"})
    void oneField(int more, String expected) {
        assertThat(request("GET / HTTP/1.1\r\n" + HOST + "A: " + "x".repeat(more) + "\r\n\r\n"))
                .isEqualTo(expected);
        assertThat(response("HTTP/1.1 200 OK\r\nA: " + "x".repeat(more) + "\r\n\r\n"))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"40, read", "41, 431", "50, 431"})
    void wholeHead(int more, String expected) {
        // 16 and 9 bytes before, 51 of a field, this field and two line ends
        assertThat(request("GET / HTTP/1.1\r\n" + HOST + "A: " + "x".repeat(46) + "\r\nB: " + "x".repeat(more - 3)
                        + "\r\n\r\n"))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"4, read", "5, 431"})
    void numberOfFields_alsoOfOneName(int count, String expected) {
        assertThat(request("GET / HTTP/1.1\r\n" + HOST + "a:b\r\n".repeat(count - 1) + "\r\n"))
                .isEqualTo(expected);
        assertThat(response("HTTP/1.1 200 OK\r\n" + "a:b\r\n".repeat(count) + "\r\n"))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"32, read", "33, 400"})
    void method(int length, String expected) {
        assertThat(request("M".repeat(length) + " / HTTP/1.0\r\n\r\n")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"512, read", "513, 400"})
    void blankLinesBeforeARequest(int lines, String expected) {
        assertThat(request("\r\n".repeat(lines) + "GET / HTTP/1.1\r\n" + HOST + "\r\n"))
                .isEqualTo(expected);
    }

    @Test
    void whatBreaksARule_isRefusedAtItsByte_notAtTheEndOfTheHead() {
        for (String begin : new String[] {"\u0016\u0003\u0001", "GET / HTTP/1.1\n", "GET / HTTP/3.0\r\n", "A B\r\n"}) {
            RequestHead head = new RequestHead(LIMITS);
            byte[] bytes = begin.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            boolean[] given = new boolean[1];
            Input in = new Input(
                    (target, offset, length) -> {
                        if (given[0]) {
                            throw new AssertionError("waits for more although it is known to be bad");
                        }
                        given[0] = true;
                        System.arraycopy(bytes, 0, target, offset, bytes.length);
                        return bytes.length;
                    },
                    64,
                    64);

            assertThatThrownBy(() -> head.read(in)).isInstanceOf(BadMessageException.class);
        }
    }

    /** An endless body of one kind; the number of bytes that were read until it was refused. */
    private static long readUntilRefused(boolean request, String begin, String repeated) throws IOException {
        Endless source = new Endless(
                (request ? "POST / HTTP/1.1\r\n" + HOST : "HTTP/1.1 200 OK\r\n") + "Transfer-Encoding: chunked\r\n\r\n"
                        + begin,
                repeated);
        Input in = new Input(source, 2048, 16 * 1024);
        BodyReader body = body(request, in);
        byte[] part = new byte[4096];
        try {
            while (body.read(part, 0, part.length) > 0) {
                assertThat(source.given).isLessThan(100_000_000L);
            }
            throw new AssertionError("it has an end");
        } catch (BadMessageException e) {
            assertThat(e.fault()).isEqualTo(Fault.MALFORMED);
            return source.given;
        }
    }

    private static BodyReader body(boolean request, Input in) throws IOException {
        Limits limits = new Limits(1000, 4000, 10);
        if (request) {
            RequestHead head = new RequestHead(limits);
            assertThat(head.read(in)).isTrue();
            return BodyReader.of(in, head);
        }
        ResponseHead head = new ResponseHead(limits);
        assertThat(head.read(in)).isTrue();
        return BodyReader.of(in, head, false);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            one extension without an end  | 1;            | a           | 20000
            one quoted value without one  | 1;a="         | a           | 20000
            blanks without an end         | 1             | ` `         | 20000
            one trailer without an end    | 0~A:          | a           | 40000
            a name of a trailer           | 0~            | a           | 40000
            trailers without an end       | 0~            | a:~         | 40000
            """)
    void linesBetweenChunks_areBounded(String kind, String begin, String repeated, long most) throws IOException {
        assertThat(readUntilRefused(true, Feeds.bytes(begin), Feeds.bytes(repeated)))
                .isLessThan(most);
        assertThat(readUntilRefused(false, Feeds.bytes(begin), Feeds.bytes(repeated)))
                .isLessThan(most);
    }

    @Test
    void chunksOfOneByte_areNotFree() throws IOException {
        // 5 bytes of framing for each byte, of which a quarter of a byte is free
        assertThat(readUntilRefused(true, "", "1\r\nx\r\n")).isLessThan(350_000);
        assertThat(readUntilRefused(true, "", "1;a=bcdefghi\r\nx\r\n")).isLessThan(350_000);
        assertThat(readUntilRefused(false, "", "1;" + "a".repeat(900) + "\r\nx\r\n"))
                .isLessThan(350_000);
    }

    @Test
    void streamInChunksOfOneByte_fromAProvider_isRead() throws IOException {
        Endless source = new Endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n");
        BodyReader body = body(false, new Input(source, 2048, 16 * 1024));
        byte[] part = new byte[4096];
        long read = 0;
        while (read < 1_000_000) {
            read += body.read(part, 0, part.length);
        }
        assertThat(body.rawBytes()).isGreaterThan(4_900_000);
    }

    /** A beginning, and then the same again without an end. Confined to one test. */
    private static final class Endless implements ByteSource {
        private final String begin;
        private final String repeated;
        private long given;

        Endless(String begin, String repeated) {
            this.begin = begin;
            this.repeated = repeated;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            for (int i = 0; i < length; i++) {
                target[offset + i] = (byte)
                        (given < begin.length()
                                ? begin.charAt((int) given)
                                : repeated.charAt((int) ((given - begin.length()) % repeated.length())));
                given++;
            }
            return length;
        }
    }
}
