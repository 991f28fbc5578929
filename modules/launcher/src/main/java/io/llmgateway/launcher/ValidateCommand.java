package io.llmgateway.launcher;

import io.llmgateway.model.ModelName;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.ProviderSettings;
import io.llmgateway.upstream.Provider.Operation;
import io.llmgateway.upstream.Providers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private Inputs inputs = new Inputs();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        Optional<GatewaySettings> settings =
                Configurations.load(config, inputs.sources(), spec.commandLine().getErr());
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
        ways(valid).forEach(line -> spec.commandLine().getOut().println("  " + line));
        ProcessLimits.connections(valid)
                .problem()
                .ifPresent(problem -> spec.commandLine().getOut().println("note, as started here: " + problem));
        spec.commandLine().getOut().flush();
        return Main.OK;
    }

    /** What will be called, and how the rules are read. */
    private static List<String> ways(GatewaySettings settings) {
        List<String> lines = new ArrayList<>();
        Providers types = Providers.load();
        ModelName model = new ModelName("MODEL");
        for (ProviderSettings provider : settings.providers()) {
            String path = types.type(provider.type().wire()).path(Operation.GENERATE, model, provider.apiVersion());
            provider.instances()
                    .forEach(instance -> lines.add("instance '" + instance.name() + "' of provider '" + provider.name()
                            + "' is called at " + instance.baseUrl() + path));
            if (provider.models().isEmpty() && !provider.discover()) {
                lines.add("provider '" + provider.name() + "' has neither models nor discover: GET /v1/models lists"
                        + " the usual names of its type at its public address, else nothing of it");
            }
        }
        settings.routing()
                .rules()
                .forEach(rule -> lines.add(
                        "rule '" + rule.pattern() + "': " + rule.reading() + " -> provider '" + rule.provider() + "'"));
        settings.routing()
                .defaultProvider()
                .ifPresent(name -> lines.add("default-provider: all other names -> provider '" + name + "'"));
        return lines;
    }
}
