package io.llmgateway.launcher;

import io.llmgateway.logs.Logs;
import io.llmgateway.metrics.GatewayMetrics;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.KeyMaterial;
import io.llmgateway.settings.KeyMaterial.GeneratedKey;
import io.llmgateway.settings.read.HelidonConfig;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import io.llmgateway.wire.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the command {@code run} was told, and how it is done. Knows nothing of the library that reads the command line,
 * since a start that needs no help of it must not wait for it. Immutable.
 *
 * @param config the configuration file; null when the providers come from the environment
 * @param overrides what the command line lays over the configuration, by path
 * @param envFile variables over those of the process; null for none
 */
record RunArguments(
        @Nullable Path config,
        Map<String, String> overrides,
        @Nullable Path envFile) {
    private static final System.Logger LOG = System.getLogger(RunArguments.class.getName());

    private static final int MAX_PORT_DIGITS = 5;

    RunArguments {
        overrides = Map.copyOf(overrides);
    }

    /**
     * Reads {@code run} with options in their usual form. Everything else is left to the library, so that help and
     * complaints come from one place: other commands, unknown and doubled options, odd values.
     *
     * @return empty when the library must read them
     */
    static Optional<RunArguments> plain(String... arguments) {
        if (arguments.length == 0 || !"run".equals(arguments[0])) {
            return Optional.empty();
        }
        Path config = null;
        Map<String, String> overrides = new HashMap<>();
        int next = 1;
        while (next < arguments.length) {
            String name = arguments[next++];
            int equals = name.startsWith("--") ? name.indexOf('=') : -1;
            String value;
            if (equals > 0) {
                value = name.substring(equals + 1);
                name = name.substring(0, equals);
            } else if (next < arguments.length) {
                value = arguments[next++];
            } else {
                return Optional.empty();
            }
            if (isConfig(name) && config == null && isPlainFile(value)) {
                config = Path.of(value);
            } else if (!isPort(name) || !isPlainPort(value) || overrides.put(pathOf(name), value) != null) {
                return Optional.empty();
            }
        }
        return Optional.of(new RunArguments(config, overrides, null));
    }

    private static boolean isConfig(String name) {
        return "-c".equals(name) || "--config".equals(name);
    }

    private static boolean isPort(String name) {
        return Ports.DATA.equals(name) || Ports.ADMIN.equals(name);
    }

    private static String pathOf(String name) {
        return Ports.DATA.equals(name) ? Ports.DATA_PATH : Ports.ADMIN_PATH;
    }

    /** No quotes, no file of arguments, nothing that could be an option. */
    private static boolean isPlainFile(String value) {
        return !value.isEmpty()
                && value.charAt(0) != '-'
                && value.chars().allMatch(c -> "/._-".indexOf(c) >= 0 || (c < 128 && Character.isLetterOrDigit(c)));
    }

    private static boolean isPlainPort(String value) {
        return !value.isEmpty()
                && value.length() <= MAX_PORT_DIGITS
                && (value.charAt(0) != '0' || value.length() == 1)
                && value.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /**
     * Runs a gateway until it is asked to stop; gives the exit code.
     *
     * @throws IOException when a listener cannot be opened or a trust file cannot be read
     */
    int run(PrintWriter out, PrintWriter err) throws IOException, InterruptedException {
        // Helidon's registry is 150 ms of a start and needs no settings; who needs it sooner waits for it
        Thread.ofPlatform().daemon().name("head-start").start(RunArguments::prepare);
        Map<String, String> environment = EnvFile.over(System.getenv(), envFile);
        ConfigSource source = config == null ? null : ConfigSource.file(config, environment, overrides);
        Set<Path> files = new LinkedHashSet<>();
        Optional<GatewaySettings> settings = source == null
                ? fromEnvironment(environment, out, err)
                : Configurations.accepted(source.load(files), err);
        if (settings.isEmpty()) {
            return Main.INVALID;
        }
        Logs logs = Logging.open(settings.get().logging());
        Gateway gateway = Gateway.startOrClose(settings.get(), source, files, logs);
        if (source != null) {
            if (!Signals.on("HUP", () -> gateway.reload("signal"))) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "SIGHUP does not reload here, since whoever started the process has it ignored (as nohup does);"
                                + " change the file or run 'llm-gateway reload' instead");
            }
        }
        Banner.listening(out, settings.get(), gateway);
        try (HeapRest _ = HeapRest.start(gateway::inFlight);
                ListenerWatch _ = ListenerWatch.start(gateway)) {
            return GracefulShutdown.await(() -> GracefulShutdown.gateway(gateway, gateway.drainSettings(), logs));
        }
    }

    private static void prepare() {
        HelidonConfig.none();
        // requests that come together would wait for its first use by one of them, and hold their carriers meanwhile
        Json.factory();
        GatewayMetrics.prepare();
    }

    private Optional<GatewaySettings> fromEnvironment(
            Map<String, String> environment, PrintWriter out, PrintWriter err) {
        GeneratedKey key = KeyMaterial.generate(new SecureRandom());
        Sources sources = new Sources(environment, overrides);
        Optional<GatewaySettings> settings = Configurations.accepted(SettingsLoader.fromEnvironment(sources, key), err);
        settings.ifPresent(_ -> out.println("key (shown once, valid until the gateway stops): "
                + key.secret().reveal()));
        return settings;
    }
}
