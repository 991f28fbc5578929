package io.llmgateway.settings.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.settings.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every file in {@code invalid/} is refused with exactly the messages in the text file beside it. With
 * {@code -Dgolden.update=true} the text files are written, and the run fails so that nobody forgets to read them.
 */
class InvalidFilesTest {
    private static final Path FOLDER = Path.of("src/test/resources/invalid");
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "CLIENT_KEY", "canary-secret-client-key",
            "OTHER_KEY", "canary-secret-other-key",
            "SHORT", "canary-short",
            "EMPTY", "",
            "MULTI_LINE", "canary-secret\nsecond line");

    static Stream<String> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @Test
    void thereAreEnough() throws IOException {
        assertThat(files().count()).isGreaterThanOrEqualTo(35);
    }

    @ParameterizedTest
    @MethodSource("files")
    void load_brokenFile_reportsEveryProblem(String name) throws IOException {
        List<String> problems = problemsOf(name);

        Path expected = FOLDER.resolve(name.replace(".yaml", ".txt"));
        if (Boolean.getBoolean("golden.update")) {
            Files.write(expected, problems);
        }

        assertThat(Boolean.getBoolean("golden.update"))
                .as("rewritten, read the changes")
                .isFalse();
        assertThat(problems).isEqualTo(Files.readAllLines(expected));
        assertThat(String.join("\n", problems)).doesNotContain("canary");
    }

    private static List<String> problemsOf(String name) throws IOException {
        String text = Files.readString(FOLDER.resolve(name));
        LoadResult result = SettingsLoader.load(name, text, FOLDER, Sources.of(ENVIRONMENT));
        assertThat(result).isInstanceOf(LoadResult.Invalid.class);
        return ((LoadResult.Invalid) result)
                .problems().stream().map(Problem::toString).toList();
    }
}
