package io.llmgateway.launcher;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the two ports, shared by the commands that open them. Confined to one thread. */
final class Ports {
    /** The option for the port for applications. */
    static final String DATA = "--port";
    /** The option for the port for operators. */
    static final String ADMIN = "--admin-port";
    /** The setting that {@link #DATA} overrides. */
    static final String DATA_PATH = "server.port";
    /** The setting that {@link #ADMIN} overrides. */
    static final String ADMIN_PATH = "admin.port";

    @Option(names = DATA, paramLabel = "N", description = "port for applications, 0 for any free one (default: 8080)")
    private @Nullable Integer port;

    @Option(names = ADMIN, paramLabel = "N", description = "port for operators, 0 for any free one (default: 9090)")
    private @Nullable Integer adminPort;

    /** The environment variable that overrides a setting. */
    static String variable(String path) {
        return "GATEWAY_" + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** What the options override in the configuration, by path. */
    Map<String, String> overrides() {
        Map<String, String> overrides = new HashMap<>();
        if (port != null) {
            overrides.put(DATA_PATH, port.toString());
        }
        if (adminPort != null) {
            overrides.put(ADMIN_PATH, adminPort.toString());
        }
        return overrides;
    }
}
