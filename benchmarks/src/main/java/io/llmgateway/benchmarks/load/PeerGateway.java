package io.llmgateway.benchmarks.load;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;

/**
 * Another gateway to compare with, from a file of properties: {@code NAME.command} (a shell command that stays in the
 * foreground, {@code UPSTREAM} in it becomes the port of the upstream), {@code NAME.port}, {@code NAME.path} (default
 * {@code /v1/chat/completions}) and {@code NAME.key}. It must send model {@code o-1k} to
 * {@code http://127.0.0.1:UPSTREAM/o1k/v1/chat/completions}. Immutable.
 */
record PeerGateway(String name, String shell, int port, String path, String key) {
    static List<PeerGateway> read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        TreeSet<String> names = new TreeSet<>();
        properties.stringPropertyNames().forEach(key -> names.add(key.substring(0, key.lastIndexOf('.'))));
        List<PeerGateway> peers = new ArrayList<>();
        for (String name : names) {
            String port = properties.getProperty(name + ".port");
            String command = properties.getProperty(name + ".command");
            if (port == null || command == null) {
                throw new IOException(file + ": peer '" + name + "' needs " + name + ".command and " + name + ".port");
            }
            peers.add(new PeerGateway(
                    name,
                    command,
                    Integer.parseInt(port.strip()),
                    properties.getProperty(name + ".path", "/v1/chat/completions"),
                    properties.getProperty(name + ".key", Lab.KEY)));
        }
        return peers;
    }

    String command(int upstreamPort) {
        return shell.replace("UPSTREAM", Integer.toString(upstreamPort));
    }
}
