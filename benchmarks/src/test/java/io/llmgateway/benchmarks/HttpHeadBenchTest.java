package io.llmgateway.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Calls every benchmark, so that none can rot, and holds down that heads and chunks are read without an allocation. */
class HttpHeadBenchTest {
    private static final int TIMES = 20_000;

    /** What the measurement itself and the compiler's changes of tier may take, in bytes for all of the times. */
    private static final long NOISE = 64 * 1024;

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
}
