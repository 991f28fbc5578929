package io.llmgateway.launcher;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the two ports, shared by the commands that open them. Confined to one thread. */
final class Ports {
    @Option(
            names = "--port",
            paramLabel = "N",
            description = "port for applications, 0 for any free one (default: 8080)")
    private @Nullable Integer port;

    @Option(
            names = "--admin-port",
            paramLabel = "N",
            description = "port for operators, 0 for any free one (default: 9090)")
    private @Nullable Integer adminPort;

    /** What the options override in the configuration, by path. */
    Map<String, String> overrides() {
        Map<String, String> overrides = new HashMap<>();
        if (port != null) {
            overrides.put("server.port", port.toString());
        }
        if (adminPort != null) {
            overrides.put("admin.port", adminPort.toString());
        }
        return overrides;
    }
}
