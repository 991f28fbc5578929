package io.llmgateway.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chaos run in its short form, with the same seed every time unless {@code -Dseed=} says another. */
class ChaosTest {
    private static final long SEED = 19;
    private static final Duration LENGTH = Duration.ofSeconds(42);

    @TempDir
    Path folder;

    @Test
    void chaos_leavesNothingBehind_andEveryWaitedForRequestHasItsOwnAnswer() throws Exception {
        ChaosRun run = new ChaosRun(Long.getLong("seed", SEED), LENGTH, System.out);

        assertThat(run.run(folder))
                .as("faults, seed " + Long.getLong("seed", SEED))
                .isEmpty();

        assertThat(run.tally().asking()).isGreaterThan(500);
    }
}
