package io.llmgateway.launcher;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Prints the version. Confined to one thread. */
@Command(
        name = "version",
        description = "Print the version of the gateway and of Java.",
        mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() {
        spec.commandLine().getOut().println("llm-gateway " + Version.text() + " (Java " + Runtime.version() + ")");
        spec.commandLine().getOut().flush();
        return Main.OK;
    }
}
