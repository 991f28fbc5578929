package io.llmgateway.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls every benchmark once, so that none can rot. */
class SelectionBenchTest {
    @ParameterizedTest
    @ValueSource(strings = {"weighted", "round-robin", "least-requests", "peak-ewma"})
    void everyBenchmark_runsOnce(String policy) {
        SelectionBench bench = new SelectionBench();
        bench.policy = policy;
        bench.make();

        SelectionBench.Request request = new SelectionBench.Request();
        assertThat(bench.choose(request).value()).startsWith("i");
        assertThat(bench.sticky(request)).isEqualTo(bench.sticky(request));
        bench.breakers = "half-out";
        bench.make();
        assertThat(bench.choose(request).value()).isIn("i1", "i3", "i5", "i7");
    }
}
