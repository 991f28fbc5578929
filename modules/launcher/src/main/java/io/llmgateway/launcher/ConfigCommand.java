package io.llmgateway.launcher;

import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.SettingsLoader.Effective;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What can be configured, and what is configured. Confined to one thread. */
@Command(
        name = "config",
        description = "Print what can be configured, or what is configured in the end.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ConfigCommand.Schema.class, ConfigCommand.Print.class})
final class ConfigCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is needed: schema or print");
    }

    /** Prints the JSON Schema. Confined to one thread. */
    @Command(
            name = "schema",
            description = {
                "Print the JSON Schema of the configuration, for editors.",
                "",
                "Example: llm-gateway config schema > schema.json, and as the first line of gateway.yaml",
                "# yaml-language-server: $schema=schema.json"
            },
            mixinStandardHelpOptions = true)
    static final class Schema implements Runnable {
        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

        @Override
        public void run() {
            PrintWriter out = spec.commandLine().getOut();
            out.print(ConfigSchema.text(SettingsLoader.reference()));
            out.flush();
        }
    }

    /** Prints what holds in the end. Confined to one thread. */
    @Command(
            name = "print",
            description = {
                "Print the configuration that holds in the end: the file, over it the environment and the command",
                "line, and every default. Each value says where it comes from unless that is the file.",
                "",
                "Secrets are never shown: references stay references, what stands in the file itself becomes stars."
            },
            mixinStandardHelpOptions = true)
    static final class Print implements Callable<Integer> {
        @Option(
                names = {"-c", "--config"},
                paramLabel = "FILE",
                required = true,
                description = "configuration file (YAML)")
        private Path config = Path.of("");

        @Mixin
        private Inputs inputs = new Inputs();

        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

        @Override
        public Integer call() throws IOException {
            Effective effective = SettingsLoader.effective(config, inputs.sources());
            PrintWriter err = spec.commandLine().getErr();
            if (Configurations.accepted(effective.result(), err).equals(Optional.empty())) {
                return Main.INVALID;
            }
            PrintWriter out = spec.commandLine().getOut();
            out.print(effective.yaml());
            out.flush();
            return Main.OK;
        }
    }
}
