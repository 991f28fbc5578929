package io.llmgateway.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class RunArgumentsTest {
    private static RunArguments readByTheLibrary(String... arguments) {
        CommandLine line = Main.commandLine(arguments);
        line.parseArgs(arguments);
        RunCommand command = line.getSubcommands().get("run").getCommand();
        return command.arguments();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run",
                "run -c gateway.yaml",
                "run --config /etc/llm-gateway/gateway.yaml",
                "run --config=../gateway-2.yaml",
                "run -c run",
                "run --port 8081 -c gateway.yaml --admin-port=0",
                "run --port=0",
                "run --port 99999"
            })
    void plain_inTheUsualForm_readsWhatTheLibraryReads(String line) {
        String[] arguments = line.split(" ");

        assertThat(RunArguments.plain(arguments)).contains(readByTheLibrary(arguments));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--help",
                "demo",
                "version",
                "validate -c gateway.yaml",
                "run --help",
                "run -V",
                "run -c",
                "run --config=",
                "run -c --port",
                "run -c gateway.yaml extra",
                "run gateway.yaml",
                "run -c gateway.yaml --config gateway.yaml",
                "run --port 1 --port 2",
                "run --port 080",
                "run --port -1",
                "run --port 123456",
                "run --port x",
                "run --prot 8080",
                "run -c \"a.yaml\"",
                "run -c @arguments",
                "run @arguments",
                "run -cgateway.yaml",
                "run -c=gateway.yaml"
            })
    void plain_inAnyOtherForm_leavesItToTheLibrary(String line) {
        assertThat(RunArguments.plain(line.split(" "))).isEmpty();
    }
}
