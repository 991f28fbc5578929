package io.llmgateway.launcher;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts the gateway; what it does is in {@link RunArguments}. Confined to one thread. */
@Command(
        name = "run",
        description = {
            "Start the gateway.",
            "",
            "Without a configuration file the providers come from the environment: OPENAI_API_KEY, ANTHROPIC_API_KEY"
                    + " and GEMINI_API_KEY each switch theirs on. One key is then generated and printed once, and the"
                    + " gateway listens on loopback only."
        },
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "configuration file (YAML)")
    private @Nullable Path config;

    @Mixin
    private Ports ports = new Ports();

    @Mixin
    private Inputs inputs = new Inputs();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        return arguments().run(spec.commandLine().getOut(), spec.commandLine().getErr());
    }

    RunArguments arguments() {
        Map<String, String> overrides = new HashMap<>(inputs.overrides());
        overrides.putAll(ports.overrides());
        return new RunArguments(config, overrides, inputs.envFile());
    }
}
