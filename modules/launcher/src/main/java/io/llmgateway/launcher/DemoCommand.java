package io.llmgateway.launcher;

import io.llmgateway.logs.Logs;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.KeyMaterial;
import io.llmgateway.settings.ServerSettings.ShutdownTimes;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts the gateway with simulated providers behind it. Confined to one thread. */
@Command(
        name = "demo",
        description = {
            "Start the gateway with a simulated OpenAI, Anthropic and Gemini behind it.",
            "",
            "No provider keys and no network are needed. Prints curl lines that work."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final ShutdownTimes SHUTDOWN = new ShutdownTimes(Duration.ZERO, Duration.ofSeconds(30));

    @Mixin
    private Ports ports = new Ports();

    @Option(
            names = "--key",
            paramLabel = "VALUE",
            description = "key for the clients, at least 16 characters (default: a generated one)")
    private @Nullable String key;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        String clientKey = key != null
                ? key
                : KeyMaterial.generate(new SecureRandom()).secret().reveal();
        Simulator simulator = Simulator.start(SimulatorOptions.defaults());
        Optional<GatewaySettings> settings = settings(simulator, clientKey);
        if (settings.isEmpty()) {
            simulator.close();
            return Main.INVALID;
        }
        Logs logs = Logging.open(settings.get().logging());
        Gateway gateway = start(settings.get(), simulator, logs);
        Banner.listening(out, settings.get(), gateway);
        DemoText.print(out, gateway.port(), clientKey);
        return GracefulShutdown.await(() -> {
            int code = GracefulShutdown.gateway(gateway, SHUTDOWN, logs);
            simulator.close();
            return code;
        });
    }

    private static Gateway start(GatewaySettings settings, Simulator simulator, Logs logs) throws IOException {
        try {
            return Gateway.startOrClose(settings, null, Set.of(), logs);
        } catch (IOException | RuntimeException e) {
            simulator.close();
            throw e;
        }
    }

    private Optional<GatewaySettings> settings(Simulator simulator, String clientKey) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("DEMO_KEY", clientKey);
        Sources sources = new Sources(environment, ports.overrides());
        String text = DemoText.configuration(simulator.baseUri().toString(), "DEMO_KEY");
        return Configurations.accepted(
                SettingsLoader.load("demo", text, Path.of(""), sources),
                spec.commandLine().getErr());
    }
}
