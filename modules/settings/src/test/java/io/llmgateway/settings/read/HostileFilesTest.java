package io.llmgateway.settings.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.llmgateway.settings.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that never end, wait for somebody, or hold more than anybody writes: refused with a message, in time. */
class HostileFilesTest {
    private static final Duration IN_TIME = Duration.ofSeconds(60);
    private static final String BASE = """
            keys: [{name: me, key: a-key-for-this-test}]
            providers: {p: {type: openai, instances: [{name: a, base-url: "https://example.com"}]}}
            """;

    @TempDir
    Path folder;

    private List<String> problems(String text) {
        LoadResult result = assertTimeoutPreemptively(
                IN_TIME, () -> SettingsLoader.load("test", text, folder, Sources.of(Map.of())));
        assertThat(result).isInstanceOf(LoadResult.Invalid.class);
        return ((LoadResult.Invalid) result)
                .problems().stream().map(Problem::toString).toList();
    }

    private Path pipe() throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        return pipe;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "usage: {prices: FILE}|prices",
                "server: {tls: {certificate: FILE, key: FILE}}|certificate",
                "server: {tls: {certificate: FILE, key: FILE, client-ca-certificates: FILE}}|client-ca-certificates",
                "auth: {pepper: {file: FILE}}|pepper",
                "admin: {key: {file: FILE}}|admin.key"
            })
    void fileThatIsNone_isRefused(String setting, String named) throws IOException, InterruptedException {
        for (String file : List.of("/dev/zero", pipe().toString(), folder.toString())) {
            assertThat(problems(setting.replace("FILE", file) + "\n" + BASE))
                    .as(file)
                    .anySatisfy(problem -> assertThat(problem).contains(named));
        }
    }

    @Test
    void configurationThatIsNoFile_isRefused() throws IOException, InterruptedException {
        for (Path file : List.of(Path.of("/dev/zero"), pipe(), folder)) {
            LoadResult result =
                    assertTimeoutPreemptively(IN_TIME, () -> SettingsLoader.load(file, Sources.of(Map.of())));

            assertThat(((LoadResult.Invalid) result).problems().getFirst().message())
                    .isEqualTo("the file is not a regular file");
        }
    }

    @Test
    void providerCertificatesThatAreNone_areRefused() {
        String text = BASE.replace("type: openai,", "type: openai, tls: {ca-certificates: /dev/zero},");

        assertThat(problems(text)).anySatisfy(problem -> assertThat(problem).contains("ca-certificates"));
    }

    @Test
    void filesThatAreTooLarge_areRefused() throws IOException {
        Path large = Files.write(folder.resolve("large"), new byte[9 * 1024 * 1024]);

        assertThat(problems("usage: {prices: large}\n" + BASE).getFirst()).contains("larger than");
        assertThat(problems("server: {tls: {certificate: large, key: large}}\n" + BASE)
                        .getFirst())
                .contains("larger than");
        assertThat(problems("auth: {pepper: {file: large}}\n" + BASE).getFirst())
                .contains("larger than");
        assertThat(large).isRegularFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "server:\n", "providers:\n  p:\n    instances:\n      - name: x\n"})
    void manyUnknownKeys_areCounted_notListed(String under) {
        StringBuilder text = new StringBuilder(under);
        String indent = under.isEmpty() ? "" : under.startsWith("server") ? "  " : "        ";
        for (int i = 0; i < 90_000; i++) {
            text.append(indent).append("unknown").append(i).append(": 1\n");
        }

        List<String> problems = problems(text.toString());

        assertThat(problems).hasSizeLessThan(250);
        assertThat(String.join("\n", problems)).contains("more unknown keys");
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown#: 1\n", "k#: {a: [1, 2, 3]}\n", "? [a, #]\n: b\n"})
    void moreValuesThanAnyConfigurationHas_areRefused_beforeAnythingIsMadeOfThem(String entry) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 200_000; i++) {
            text.append(entry.replace("#", Integer.toString(i)));
        }

        List<String> problems = problems(text.toString());

        assertThat(problems).hasSize(1);
        assertThat(problems.getFirst()).contains("too large").contains("200000 values");
    }

    @Test
    void manyNestedMappings_loadInTime() {
        StringBuilder text = new StringBuilder(BASE);
        for (int i = 0; i < 190; i++) {
            text.append("u").append(i).append(":\n");
            for (int j = 0; j < 190; j++) {
                text.append("  v").append(j).append(": {a: 1, b: 2, c: 3, d: {e: 4}}\n");
            }
        }

        assertThat(problems(text.toString())).hasSizeLessThan(250);
    }

    @Test
    void manyDuplicates_andHugeKeys_leaveShortProblems() {
        StringBuilder text = new StringBuilder(BASE);
        for (int i = 0; i < 100_000; i++) {
            text.append("server: {}\n");
        }
        text.append("k".repeat(1_000)).append(": 1\n");

        assertThat(problems(text.toString()))
                .hasSizeLessThan(250)
                .allSatisfy(problem -> assertThat(problem).hasSizeLessThan(2_000));
    }

    @Test
    void deepNesting_isRefused() {
        assertThat(problems("x: " + "[".repeat(100_000) + "\n" + BASE)).isNotEmpty();
        assertThat(problems("x: " + "{a: ".repeat(20_000) + "\n" + BASE)).isNotEmpty();
    }
}
