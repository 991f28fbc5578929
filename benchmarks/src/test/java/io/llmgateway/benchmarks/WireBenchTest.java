package io.llmgateway.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Calls every benchmark once, so that none can rot. */
class WireBenchTest {
    @Test
    void everyBenchmark_runsOnce() throws Exception {
        WireBench bench = new WireBench();
        bench.size = 1024;
        bench.make();

        assertThat(bench.walk().model()).isEqualTo("gpt-5-mini");
        assertThat(bench.capture().complete()).isTrue();
        assertThat(bench.splice()).hasSize(3);
        assertThat(bench.event()).isPositive();
        assertThat(bench.digest().text()).startsWith("sha256:");
    }
}
