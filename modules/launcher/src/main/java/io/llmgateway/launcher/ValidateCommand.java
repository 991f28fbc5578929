package io.llmgateway.launcher;

import io.llmgateway.settings.GatewaySettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks a configuration without starting anything. Confined to one thread. */
@Command(
        name = "validate",
        description = "Check a configuration and print every problem with its file, line and path.",
        mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            required = true,
            description = "configuration file (YAML)")
    private Path config = Path.of("");

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() {
        Optional<GatewaySettings> settings =
                Configurations.load(config, Map.of(), spec.commandLine().getErr());
        if (settings.isEmpty()) {
            return Main.INVALID;
        }
        GatewaySettings valid = settings.get();
        long instances = valid.providers().stream()
                .mapToLong(provider -> provider.instances().size())
                .sum();
        spec.commandLine()
                .getOut()
                .println(config + ": valid (" + valid.keys().size() + " keys, "
                        + valid.providers().size() + " providers, " + instances + " instances, "
                        + valid.routing().aliases().size() + " aliases)");
        ProcessLimits.connections(valid)
                .problem()
                .ifPresent(problem -> spec.commandLine().getOut().println("note, as started here: " + problem));
        spec.commandLine().getOut().flush();
        return Main.OK;
    }
}
