package io.llmgateway.it;

import io.llmgateway.it.chaos.GatewayInvariants;
import io.llmgateway.launcher.ConfigSource;
import io.llmgateway.launcher.Gateway;
import io.llmgateway.logs.Logs;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A whole gateway on real sockets with a simulator behind it. */
final class RunningGateway implements AutoCloseable {
    static final String KEY = "test-key-0123456789abcdef";
    static final String OTHER_KEY = "other-key-0123456789abcdef";
    static final String PROVIDER_KEY = "provider-key-0123456789abcdef";

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Simulator simulator;
    private final Gateway gateway;
    private final Logs logs;
    private final GatewayInvariants invariants;
    private boolean closed;
    private boolean comesToRest = true;

    private RunningGateway(Simulator simulator, Gateway gateway, Logs logs) {
        this.simulator = simulator;
        this.gateway = gateway;
        this.logs = logs;
        this.invariants = GatewayInvariants.of(gateway);
    }

    /** Says that the test leaves requests under way or provokes defects, so that the end checks nothing. */
    RunningGateway neverAtRest() {
        comesToRest = false;
        return this;
    }

    /** The log of requests, for configurations that name a file for it. */
    private static Logs logs(GatewaySettings settings) {
        return settings.logging().file().isPresent() ? Logs.open(settings.logging(), Clock.systemUTC()) : Logs.none();
    }

    static RunningGateway start() {
        return start("");
    }

    /** Starts with more top-level settings in YAML. */
    static RunningGateway start(String more) {
        Simulator simulator = Simulator.start(SimulatorOptions.defaults());
        String base = simulator.baseUri().toString();
        String yaml = """
                %2$s
                admin: {port: 0}
                keys:
                  - {name: test, key: {env: CLIENT_KEY}}
                  - {name: narrow, key: {env: OTHER_KEY}, models: ["gpt-*"]}
                  - {name: off, key: "disabled-key-0123456789", enabled: false}
                  - {name: old, key: "expired-key-01234567890", expires: 2020-01-01}
                providers:
                  openai:
                    type: openai
                    models: [gpt-5-mini]
                    instances: [{name: openai-a, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}}]
                  anthropic:
                    type: anthropic
                    models: [claude-sonnet-4-5]
                    instances: [{name: anthropic-a, base-url: "%1$s", api-key: {env: PROVIDER_KEY}}]
                  gemini:
                    type: gemini
                    models: [gemini-2.5-flash]
                    instances: [{name: gemini-a, base-url: "%1$s", api-key: {env: PROVIDER_KEY}}]
                  strict:
                    type: anthropic
                    conversion: strict
                    instances: [{name: strict-a, base-url: "%1$s", api-key: {env: PROVIDER_KEY}}]
                  dead:
                    type: openai
                    instances: [{name: dead-a, base-url: "http://127.0.0.1:1/v1"}]
                  half:
                    type: openai
                    instances:
                      - {name: half-dead, base-url: "http://127.0.0.1:1/v1", priority: 1}
                      - {name: half-good, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}, priority: 2}
                routing:
                  rules: {"gpt-": openai, "sim/*": openai, "claude-": anthropic, "ant/*": anthropic, "dead-": dead,
                          "half-": half, "gemini-": gemini, "gem/*": gemini, "strict/*": strict}
                  models:
                    fast: {targets: [{provider: openai, model: gpt-5-mini}]}
                    smart: {targets: [{provider: anthropic, model: claude-sonnet-4-5}]}
                """.formatted(base, more.isEmpty() ? "server: {port: 0}" : more);
        return configured(yaml, simulator);
    }

    /** Starts with this configuration; the simulator is closed with the gateway. */
    static RunningGateway configured(String yaml, Simulator simulator) {
        Map<String, String> environment = new HashMap<>();
        environment.put("CLIENT_KEY", KEY);
        environment.put("OTHER_KEY", OTHER_KEY);
        environment.put("PROVIDER_KEY", PROVIDER_KEY);
        LoadResult result = SettingsLoader.load("test.yaml", yaml, Path.of("."), Sources.of(environment));
        if (!(result instanceof LoadResult.Loaded(GatewaySettings settings, var _))) {
            throw new AssertionError(result.toString());
        }
        try {
            Logs logs = logs(settings);
            return new RunningGateway(simulator, Gateway.start(settings, null, Set.of(), logs), logs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts with a file that is read again when it changes; the simulator is closed with the gateway. */
    static RunningGateway reloadable(Path file, Simulator simulator) {
        Map<String, String> environment =
                Map.of("CLIENT_KEY", KEY, "OTHER_KEY", OTHER_KEY, "PROVIDER_KEY", PROVIDER_KEY);
        ConfigSource source = ConfigSource.file(file, environment, Map.of());
        Set<Path> files = new LinkedHashSet<>();
        if (!(source.load(files) instanceof LoadResult.Loaded(GatewaySettings settings, var _))) {
            throw new AssertionError(source.load(files).toString());
        }
        try {
            Logs logs = logs(settings);
            return new RunningGateway(simulator, Gateway.start(settings, source, files, logs), logs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return gateway.port();
    }

    int adminPort() {
        return gateway.adminPort().orElseThrow();
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    Simulator simulator() {
        return simulator;
    }

    Gateway gateway() {
        return gateway;
    }

    Logs logs() {
        return logs;
    }

    /** Checks first that the gateway has come to rest with everything given back; once. */
    @Override
    public void close() {
        List<String> broken = closed || !comesToRest ? List.of() : invariants.broken(PATIENCE);
        closed = true;
        gateway.close();
        logs.close();
        simulator.close();
        if (!broken.isEmpty()) {
            throw new AssertionError("after all requests: " + broken);
        }
    }
}
