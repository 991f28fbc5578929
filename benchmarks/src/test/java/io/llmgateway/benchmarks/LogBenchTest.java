package io.llmgateway.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Calls every benchmark once, so that none can rot. */
class LogBenchTest {
    @Test
    void everyBenchmark_runsOnce() {
        LogBench bench = new LogBench();
        bench.open();

        assertThat(bench.event().attempts()).hasSize(1);
        assertThat(bench.line().id().value()).isEqualTo("req_1");
        assertThat(bench.trace()).startsWith("00-4bf92f3577b34da6a3ce929d0e0e4736-");
        bench.metrics();
        bench.close();
    }
}
