package io.llmgateway.launcher;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line {@code llm-gateway}. Confined to one thread. */
@Command(
        name = "llm-gateway",
        description = "One server between all applications and all language models.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Versions.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class,
            DemoCommand.class,
            SimulateCommand.class,
            KeygenCommand.class,
            ReloadCommand.class,
            UsageCommand.class,
            ValidateCommand.class,
            ConfigCommand.class,
            ExplainCommand.class,
            ImportCommand.class,
            VersionCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done; for run, demo and simulate: stopped in order",
            "1:the gateway could not start or failed",
            "2:the command line is wrong",
            "3:the configuration is not valid",
            "4:asked twice to stop: requests under way were cut"
        },
        footer = {"", "Every command explains itself: llm-gateway COMMAND --help"})
public final class Main implements Runnable {
    /** Everything is in order. */
    static final int OK = 0;
    /** The gateway could not start or failed. */
    static final int FAILED = 1;
    /** The configuration is not valid. */
    static final int INVALID = 3;
    /** Asked twice to stop, so that requests under way were cut. */
    static final int CUT = 4;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    Main() {
        this.spec = CommandLine.Model.CommandSpec.create();
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs one command; gives its exit code. */
    public static int run(String... arguments) {
        Logging.configure();
        return commandLine().execute(arguments);
    }

    /** The commands, ready to be run. */
    static CommandLine commandLine() {
        return new CommandLine(new Main()).setExecutionExceptionHandler((e, line, result) -> {
            line.getErr().println("error: " + e.getMessage());
            line.getErr().flush();
            return FAILED;
        });
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** The text of {@code --version}. */
    static final class Versions implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"llm-gateway " + Version.text()};
        }
    }
}
