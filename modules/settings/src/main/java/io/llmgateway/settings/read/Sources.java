package io.llmgateway.settings.read;

import java.util.Map;

/**
 * What settings come from besides the file. Immutable, thread-safe; does not print values, which may be secret.
 *
 * @param environment the environment variables; {@code GATEWAY_SERVER_PORT} overrides {@code server.port}, and secrets
 *     refer to variables by name
 * @param overrides from the command line: dotted path to value, such as {@code server.port} to {@code 8081}; stronger
 *     than the environment
 */
public record Sources(Map<String, String> environment, Map<String, String> overrides) {
    public Sources {
        environment = Map.copyOf(environment);
        overrides = Map.copyOf(overrides);
    }

    /** The environment alone. */
    public static Sources of(Map<String, String> environment) {
        return new Sources(environment, Map.of());
    }

    @Override
    public String toString() {
        return "Sources[" + environment.size() + " variables, " + overrides.size() + " overrides]";
    }
}
