package io.llmgateway.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls every benchmark of a policy once, so that none can rot. */
class PolicyBenchesTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void admission_runsOnce(int limits) {
        AdmissionBench bench = new AdmissionBench();
        bench.limits = limits;
        bench.make();

        assertThat(bench.admit()).isNotNull();
        assertThat(bench.states())
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000})
    void keyLookup_runsOnce(int keys) {
        KeyLookupBench bench = new KeyLookupBench();
        bench.keys = keys;
        bench.make();

        assertThat(bench.known().key().value()).isEqualTo("k0");
    }

    @Test
    void metrics_runOnce() {
        MetricsBench bench = new MetricsBench();

        bench.request();
        bench.beginAndEnd();

        assertThat(bench.attempt().prometheus()).contains("instance=\"i\"");
    }
}
