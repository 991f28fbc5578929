package io.llmgateway.launcher;

import io.llmgateway.logs.Logs;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.KeyMaterial;
import io.llmgateway.settings.KeyMaterial.GeneratedKey;
import io.llmgateway.settings.SettingsLoader;
import io.llmgateway.settings.Sources;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts the gateway. Confined to one thread. */
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

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        ConfigSource source = config == null ? null : ConfigSource.file(config, System.getenv(), ports.overrides());
        Set<Path> files = new LinkedHashSet<>();
        Optional<GatewaySettings> settings =
                source == null ? fromEnvironment(out, err) : Configurations.accepted(source.load(files), err);
        if (settings.isEmpty()) {
            return Main.INVALID;
        }
        Logs logs = Logging.open(settings.get().logging());
        Gateway gateway = Gateway.start(settings.get(), source, files, logs);
        if (source != null) {
            Signals.on("HUP", () -> gateway.reload("signal"));
        }
        Banner.listening(out, settings.get(), gateway);
        return Stopping.await(() -> Stopping.gateway(gateway, gateway.drainSettings(), logs));
    }

    private Optional<GatewaySettings> fromEnvironment(PrintWriter out, PrintWriter err) {
        GeneratedKey key = KeyMaterial.generate(new SecureRandom());
        Sources sources = new Sources(System.getenv(), ports.overrides());
        Optional<GatewaySettings> settings = Configurations.accepted(SettingsLoader.fromEnvironment(sources, key), err);
        settings.ifPresent(_ -> out.println("key (shown once, valid until the gateway stops): "
                + key.secret().reveal()));
        return settings;
    }
}
