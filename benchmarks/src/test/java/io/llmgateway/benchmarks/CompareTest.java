package io.llmgateway.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.benchmarks.Compare.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareTest {
    @TempDir
    Path folder;

    @Test
    void read_namesBenchmarkAndParameters() throws IOException {
        Path file = Files.writeString(
                folder.resolve("jmh.json"),
                "[{\"benchmark\":\"io.llmgateway.benchmarks.WireBench.walk\",\"threads\":1,"
                        + "\"params\":{\"size\":\"1024\"},"
                        + "\"primaryMetric\":{\"score\":800.0,\"scoreError\":\"NaN\"},\"secondaryMetrics\":"
                        + "{\"gc.alloc.rate.norm\":{\"score\":936.0}}}]");

        assertThat(Compare.read(file.toFile())).containsEntry("WireBench.walk 1024", new Score(800, 0, 936));
    }

    @Test
    void row_givesTheRangeOfBothErrors() {
        String row = Compare.row("x", new Score(100, 10, 8), new Score(50, 5, 0));

        assertThat(row).isEqualTo("| x | 100.0 ± 10.0 | 50.0 ± 5.0 | 0.50 | 0.41 to 0.61 | 8 | 0 |");
    }
}
