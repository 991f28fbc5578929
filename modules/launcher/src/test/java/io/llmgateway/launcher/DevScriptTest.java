package io.llmgateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script {@code ./dev} where neither a JDK nor Maven nor anything built is there. */
class DevScriptTest {
    @TempDir
    private Path folder;

    private record Ended(int code, String text) {}

    private Ended dev(String... arguments) throws IOException, InterruptedException {
        Path script = folder.resolve("dev");
        Files.copy(Path.of(System.getProperty("root.dir"), "dev"), script, StandardCopyOption.REPLACE_EXISTING);
        List<String> command = new ArrayList<>(List.of("/bin/sh", script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("JAVA_HOME");
        builder.environment().put("PATH", "/usr/bin:/bin");
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "help", "run --help", "test --help", "package -h", "cli -h"})
    void help_needsNoBuild(String line) throws Exception {
        Ended ended = dev(line.split(" "));

        assertThat(ended.code()).as(ended.text()).isZero();
        assertThat(ended.text()).startsWith("usage: ./dev VERB").contains("demo", "golden");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).as("nothing was built").hasSize(1);
        }
    }

    @Test
    void unknownVerb_isRefused() throws Exception {
        assertThat(dev("rum").code()).isEqualTo(2);
    }
}
