package io.llmgateway.benchmarks.load;

import io.llmgateway.model.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A configuration of the gateway: everything as a default installation has it, a key with limits of its own and of its
 * group, and two instances for every provider, so that each policy has something to decide. Immutable.
 *
 * @param limits limits for all keys, as YAML in one line
 * @param more whole lines of YAML to add at the top level
 */
record GatewayFile(String limits, String more) {
    /** As it is for nearly all measurements. */
    static final GatewayFile USUAL = new GatewayFile("{requests-per-minute: 900m, concurrent: 20k}", "");

    /** With usage kept in a database. */
    static GatewayFile withLedger(Path folder) {
        return new GatewayFile(USUAL.limits, "usage: {database: \"" + folder.resolve("usage.db") + "\"}\n");
    }

    Path write(Path file, int port, int answers, int streams) throws IOException {
        StringBuilder yaml = new StringBuilder();
        yaml.append("server: {port: ").append(port).append(", idle-timeout: 10m}\n");
        yaml.append("admin: {port: 0}\n");
        yaml.append("upstream: {pool: {max-active: 20k, max-idle: 2000, idle-timeout: 10m}}\n");
        yaml.append("limits: ").append(limits).append('\n').append(more);
        yaml.append("groups:\n  - {name: team, limits: {tokens-per-minute: 900m}}\n");
        yaml.append("keys:\n  - {name: bench, key: \"").append(Lab.KEY).append("\", models: [\"*\"], group: team, ");
        yaml.append("limits: {requests-per-minute: 900m, tokens-per-minute: 900m}}\n");
        StringBuilder rules = new StringBuilder("routing:\n  default-provider: ostream\n  rules:\n");
        yaml.append("providers:\n");
        for (Protocol protocol : Protocol.values()) {
            char letter = Bodies.letter(protocol);
            for (Bodies.Size size : Bodies.SIZES) {
                String name = letter + size.name();
                provider(yaml, name, protocol, "http://127.0.0.1:" + answers + "/" + name);
                rules.append("    \"")
                        .append(letter)
                        .append('-')
                        .append(size.name())
                        .append("\": ")
                        .append(name);
                rules.append('\n');
            }
            provider(yaml, letter + "stream", protocol, "http://127.0.0.1:" + streams);
            rules.append("    \"")
                    .append(letter)
                    .append("s-\": ")
                    .append(letter)
                    .append("stream\n");
            rules.append("    \"")
                    .append(letter)
                    .append("w-\": ")
                    .append(letter)
                    .append("stream\n");
        }
        return Files.writeString(file, yaml.append(rules));
    }

    private static void provider(StringBuilder yaml, String name, Protocol protocol, String url) {
        String type = switch (protocol) {
            case OPENAI_CHAT -> "openai";
            case ANTHROPIC_MESSAGES -> "anthropic";
            case GEMINI -> "gemini";
        };
        String base = protocol == Protocol.OPENAI_CHAT ? url + "/v1" : url;
        yaml.append("  ").append(name).append(":\n    type: ").append(type).append("\n    instances:\n");
        for (String instance : new String[] {"a", "b"}) {
            yaml.append("      - {name: ")
                    .append(name)
                    .append('-')
                    .append(instance)
                    .append(", base-url: \"");
            yaml.append(base).append("\", api-key: \"upstream-key-0123456789\"}\n");
        }
    }
}
