package io.llmgateway.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.llmgateway.http.BadMessageException;
import io.llmgateway.http.BodyReader;
import io.llmgateway.http.ByteSource;
import io.llmgateway.http.Input;
import io.llmgateway.http.Limits;
import io.llmgateway.http.RequestHead;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls every benchmark, so that none can rot, and holds down that heads and chunks are read without an allocation. */
class HttpHeadBenchTest {
    private static final int TIMES = 20_000;

    /** What the measurement itself and the compiler's changes of tier may take, in bytes for all of the times. */
    private static final long NOISE = 64 * 1024;

    /** The bounds of a head, what holds it grows by doubling, and the exception with its trace. */
    private static final long MOST = 512 * 1024;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void headsAndChunks_areReadWithoutAllocating() throws Exception {
        HttpHeadBench bench = new HttpHeadBench();
        bench.make();

        long before = 0;
        for (int i = 0; i < TIMES; i++) {
            before = i == 10 ? threads.getCurrentThreadAllocatedBytes() : before;
            read(bench);
        }

        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .as("bytes for %d heads of both kinds and as many chunks", TIMES)
                .isLessThan(NOISE);
    }

    private static void read(HttpHeadBench bench) throws Exception {
        int request = bench.requestHead();
        int response = bench.responseHead();
        int chunk = bench.chunk();
        if (request != 12 || response != 8 || chunk != 0x9d) {
            throw new AssertionError(request + " " + response + " " + chunk);
        }
    }

    /** Messages without an end: what they make the reader allocate until it refuses them. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, textBlock = """
            |a
            |~
            GET /|a
            GET / HTTP/1.1~Host: a~|a:b~
            GET / HTTP/1.1~Host: |a
            GET / HTTP/1.1~|a
            POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~~|1~a~
            POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~~1;|a
            POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~~0~a:|b
            POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~~0~|a:b~
            """)
    void messageWithoutAnEnd_isRefusedBeforeItHoldsMuch(String begin, String repeated) throws Exception {
        ByteSource endless = endless(begin == null ? "" : begin.replace("~", "\r\n"), repeated.replace("~", "\r\n"));
        long before = threads.getCurrentThreadAllocatedBytes();
        boolean refused = isRefused(new Input(endless, 2 * 1024, 16 * 1024));
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(refused).isTrue();
        assertThat(allocated).isLessThan(MOST);
    }

    private static boolean isRefused(Input in) throws IOException {
        RequestHead head = new RequestHead(new Limits(8 * 1024, 64 * 1024, 100));
        byte[] part = new byte[1024];
        try {
            head.read(in);
            BodyReader body = BodyReader.of(in, head);
            int count = body.read(part, 0, part.length);
            while (count > 0) {
                count = body.read(part, 0, part.length);
            }
            return false;
        } catch (BadMessageException e) {
            return true;
        }
    }

    private static ByteSource endless(String begin, String repeated) {
        long[] given = new long[1];
        return (target, offset, length) -> {
            for (int i = 0; i < length; i++) {
                long at = given[0]++;
                target[offset + i] = (byte)
                        (at < begin.length()
                                ? begin.charAt((int) at)
                                : repeated.charAt((int) ((at - begin.length()) % repeated.length())));
            }
            return length;
        };
    }
}
