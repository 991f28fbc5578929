package io.llmgateway.launcher;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What packages install beside the program. Confined to one thread. */
final class ShellCommand {
    private ShellCommand() {}

    private static CommandLine all() {
        return Main.commandLine();
    }

    private static void print(CommandLine.Model.CommandSpec spec, String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }

    /** Prints the completion of the shell. Confined to one thread. */
    @Command(
            name = "completion",
            description = {
                "Print the completion of commands and options for bash and zsh.",
                "",
                "Example: source <(llm-gateway completion)"
            },
            mixinStandardHelpOptions = true)
    static final class Completion implements Runnable {
        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

        @Override
        public void run() {
            print(spec, AutoComplete.bash("llm-gateway", all()) + "\n");
        }
    }

    /** Prints the manual page. Confined to one thread. */
    @Command(
            name = "man",
            description = {
                "Print the manual page.",
                "",
                "Example: llm-gateway man > /usr/local/share/man/man1/llm-gateway.1"
            },
            mixinStandardHelpOptions = true)
    static final class Man implements Runnable {
        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

        @Override
        public void run() {
            print(spec, ManPage.of(all()));
        }
    }
}
