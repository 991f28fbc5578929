package io.llmgateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private int run(String... arguments) {
        return Main.commandLine(arguments)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run",
                "demo",
                "simulate",
                "keygen",
                "reload",
                "health",
                "usage",
                "validate",
                "config",
                "explain",
                "import",
                "completion",
                "man",
                "version"
            })
    void help_ofEveryCommand_explainsIt(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString()).startsWith("Usage: llm-gateway " + command);
    }

    @Test
    void manualPage_hasEveryCommandAndOption_inValidMacros() {
        assertThat(run("man")).isZero();

        assertThat(out.toString().lines())
                .contains(".SH NAME", ".SS llm\\-gateway import litellm\\-keys", ".SS llm\\-gateway config print")
                .contains("\\fB\\-\\-env\\-file\\fR \\fIFILE\\fR")
                .allMatch(line -> !line.startsWith("'") && !line.isEmpty())
                .filteredOn(line -> line.startsWith("."))
                .allMatch(line -> line.matches("\\.(TH|SH|SS|TP|B|I|PP|br)( .*)?"));
        assertThat(out.toString()).doesNotContain("@|", "${");
    }

    @Test
    void completion_isAShellScript_thatKnowsTheCommands() throws Exception {
        assertThat(run("completion")).isZero();
        Path script = Files.writeString(folder.resolve("completion"), out.toString());

        assertThat(out.toString()).contains("import", "litellm-keys", "--env-file");
        if (Files.isExecutable(Path.of("/bin/bash"))) {
            assertThat(new ProcessBuilder("/bin/bash", "-n", script.toString())
                            .inheritIO()
                            .start()
                            .waitFor())
                    .isZero();
        }
    }

    @Test
    void sampleOfTheService_isValid_withItsVariables() throws IOException {
        Path samples = Path.of(System.getProperty("root.dir"), "deploy", "systemd");
        String environment = Files.readString(samples.resolve("environment"))
                .replaceAll("(?m)^# ([A-Z_]+)=\\.\\.\\..*$", "$1=a-value-of-the-operator-0123456789");
        Path env = Files.writeString(folder.resolve("environment"), environment);

        assertThat(run("validate", "-c", samples.resolve("gateway.yaml").toString(), "--env-file", env.toString()))
                .as(err.toString())
                .isZero();
    }

    @Test
    void noCommand_listsTheCommandsAndExitCodes() {
        assertThat(run()).isZero();
        assertThat(out.toString()).contains("keygen", "validate", "Exit codes", "3   the configuration is not valid");
    }

    @Test
    void unknownCommand_isAUsageError() {
        assertThat(run("rum")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("rum");
    }

    @Test
    void keygen_printsKeyAndEntryThatFit() {
        assertThat(run("keygen", "--name", "search-team")).isZero();

        assertThat(out.toString())
                .containsPattern("(?m)^ {2}llmgw-[A-Za-z0-9_-]{43}$")
                .containsPattern("- name: search-team\\R +hash: \"sha256:[0-9a-f]{64}\"");
    }

    @Test
    void validate_wrongFile_printsThePlaceAndGives3() throws IOException {
        Path file = Files.writeString(folder.resolve("gateway.yaml"), "server: {prot: 1}\n");

        assertThat(run("validate", "-c", file.toString())).isEqualTo(Main.INVALID);
        assertThat(err.toString()).contains("gateway.yaml:1:", "server.prot", "port");
    }

    @Test
    void validate_exampleOfTheReadme_isValid() throws IOException {
        String readme = Files.readString(Path.of(System.getProperty("root.dir"), "README.md"));
        int from = readme.indexOf("```yaml\n") + "```yaml\n".length();
        String yaml = readme.substring(from, readme.indexOf("```", from))
                .replace("{env: OPENAI_API_KEY}", "inline-key-for-the-test-only")
                .replace("{env: OPENAI_API_KEY_B}", "inline-key-for-the-test-only");
        Path file = Files.writeString(folder.resolve("gateway.yaml"), yaml);

        assertThat(run("validate", "-c", file.toString())).as(err.toString()).isZero();
        assertThat(out.toString()).contains("valid (1 keys, 2 providers, 3 instances, 1 aliases)");
        // the secrets were put in by this test
        assertThat(err.toString().lines().filter(line -> !line.contains("a secret stands in")))
                .isEmpty();
    }

    @Test
    void fileThatIsNotThere_isNamedWithTheReason() {
        assertThat(run("import", "litellm", folder.resolve("none.yaml").toString()))
                .isEqualTo(Main.FAILED);
        assertThat(run("import", "litellm-keys", folder.toString())).isEqualTo(Main.FAILED);
        assertThat(err.toString()).contains("none.yaml does not exist", "is not a regular file");
    }

    @Test
    void import_writesPricesBesideTheConfiguration_andListsTheVariables() throws IOException {
        Path lite = Files.writeString(folder.resolve("config.yaml"), """
                model_list:
                  - model_name: m
                    litellm_params: {model: hosted_vllm/m, api_base: "http://127.0.0.1:1/v1", api_key: EMPTY}
                    model_info: {input_cost_per_token: 0.000001, output_cost_per_token: 0.000002}
                general_settings: {master_key: os.environ/MASTER}
                """);
        Path output = folder.resolve("gateway.yaml");

        assertThat(run("import", "litellm", lite.toString(), "-o", output.toString()))
                .isZero();
        assertThat(folder.resolve("gateway-prices.yaml")).content().contains("m: {input: 1, output: 2}");
        assertThat(output).content().contains("prices: gateway-prices.yaml");
        assertThat(err.toString()).contains("before the start:", "  MASTER\n");
        assertThat(run("import", "litellm", lite.toString(), "-o", output.toString()))
                .isEqualTo(Main.FAILED);
        assertThat(run("import", "litellm", Files.writeString(lite, "a: 1").toString()))
                .isEqualTo(Main.INVALID);
        assertThat(err.toString()).contains("is there already", "error: nothing in " + lite);
    }

    @Test
    void import_keysOfATable_loadIntoAConfiguration() throws IOException {
        Path keys = Files.writeString(folder.resolve("keys.csv"), "token,key_alias\n" + "0a".repeat(32) + ",mine\n");

        assertThat(run("import", "litellm-keys", keys.toString())).isZero();
        assertThat(out.toString()).contains("name: mine", "hash: \"sha256:0a0a");
        assertThat(run(
                        "import",
                        "litellm-keys",
                        Files.writeString(keys, "a\n1\n").toString()))
                .isEqualTo(Main.FAILED);
        assertThat(err.toString()).contains("has no column 'token'");
    }

    @Test
    void validate_moreConnectionsThanTheProcessCanHold_saysWhatToDo() throws IOException {
        Path file = Files.writeString(folder.resolve("gateway.yaml"), """
                server: {max-connections: 1000000}
                keys: [{name: team, key: inline-key-of-the-team-0123456789}]
                providers:
                  openai:
                    type: openai
                    instances: [{name: a, base-url: "https://api.openai.com/v1", api-key: inline-key-for-the-test-only}]
                """);

        assertThat(run("validate", "-c", file.toString())).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains("valid (", "note, as started here: server.max-connections is 1000000, but the ")
                .contains("client connections", "or lower server.max-connections");
    }

    @Test
    void version_isPrinted() {
        assertThat(run("version")).isZero();
        assertThat(out.toString()).startsWith("llm-gateway 0");
    }
}
