package io.llmgateway.benchmarks.load;

import io.llmgateway.model.Protocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The servers of a measurement: the upstreams, nginx as the proxy to compare with, the gateway's image, the same
 * gateway without its policies, peers. Each is started when it is first asked for. Used by one thread.
 */
final class Lab implements AutoCloseable {
    /** The key of the gateway's only client. */
    static final String KEY = "bench-key-0123456789abcdefghij";

    private final Options options;
    private final Path folder = Files.createTempDirectory("llm-gateway-bench");
    private final Deque<Server> servers = new ArrayDeque<>();
    private final Server streams;
    private final Server answers;
    private Optional<Server> nginx = Optional.empty();
    private Optional<Server> bare = Optional.empty();
    private final List<Server> gateways = new ArrayList<>();

    /** What is compared: a name, where it listens and whose CPU counts. */
    record Target(String name, InetSocketAddress address, List<ProcessHandle> processes) {}

    Lab(Options options) throws IOException {
        this.options = options;
        this.streams = keep(upstream("upstream"));
        if (options.nginx().isPresent()) {
            this.answers = keep(Nginx.answers(options.nginx().get(), folder));
        } else {
            Console.line("nginx is missing (apt-get install nginx-light): whole answers come from the own upstream, and"
                    + " there"
                    + " is no proxy to compare with");
            this.answers = streams;
        }
    }

    private Server keep(Server server) {
        servers.push(server);
        return server;
    }

    private Server upstream(String name) throws IOException {
        int port = Server.freePort();
        List<String> command = java("-Xmx512m", "-XX:+UseSerialGC");
        command.add(FastUpstream.class.getName());
        command.add(Integer.toString(port));
        return Server.start(name, folder, command, Map.of(), port);
    }

    private static List<String> java(String... flags) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        return command;
    }

    Path folder() {
        return folder;
    }

    /** Where streams and delayed answers come from. */
    Server streams() {
        return streams;
    }

    /** Where whole answers come from. */
    Server answers() {
        return answers;
    }

    /** Straight to the upstream. */
    Target direct(boolean stream) {
        Server upstream = stream ? streams : answers;
        return new Target("direct", upstream.address(), List.of(upstream.handle()));
    }

    /** Through nginx; empty when there is none. */
    Optional<Target> nginx(boolean stream) throws IOException {
        if (options.nginx().isEmpty()) {
            return Optional.empty();
        }
        if (nginx.isEmpty()) {
            nginx = Optional.of(keep(Nginx.proxy(options.nginx().get(), folder, answers.port(), streams.port())));
        }
        Server proxy = nginx.get();
        int port = stream ? proxy.port() + 1 : proxy.port();
        return Optional.of(new Target(
                "nginx",
                new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), port),
                List.of(proxy.handle())));
    }

    /** Through the gateway's image with this configuration. */
    Target gateway(String name, GatewayFile file) throws IOException {
        Server server = keep(startGateway(name, file, Map.of()));
        gateways.add(server);
        return new Target(name, server.address(), List.of(server.handle()));
    }

    private Server startGateway(String name, GatewayFile file, Map<String, String> environment) throws IOException {
        int port = Server.freePort();
        Path config = file.write(folder.resolve(name + ".yaml"), port, answers.port(), streams.port());
        Map<String, String> all = new java.util.HashMap<>(environment);
        options.javaOptions().ifPresent(extra -> all.put("JAVA_OPTS", extra));
        Server server = Server.start(name, folder, gatewayCommand(config), all, port);
        return server;
    }

    /** The command that starts the image. */
    List<String> gatewayCommand(Path config) {
        return List.of(options.image().resolve("bin/llm-gateway").toString(), "run", "-c", config.toString());
    }

    /** The listener and the transport of the gateway without anything between them. */
    Target bare() throws IOException {
        if (bare.isEmpty()) {
            int port = Server.freePort();
            // as the gateway's own JVM is set up, by its launcher and by its first line
            List<String> command = java(
                    "-XX:+UseG1GC",
                    "@" + options.image().resolve("lib/llm-gateway.options"),
                    "-Djdk.virtualThreadScheduler.parallelism="
                            + (Runtime.getRuntime().availableProcessors() + 1),
                    "--enable-native-access=ALL-UNNAMED");
            command.addAll(List.of(
                    BareProxy.class.getName(),
                    Integer.toString(port),
                    Integer.toString(answers.port()),
                    Integer.toString(streams.port())));
            bare = Optional.of(keep(Server.start("bare", folder, command, Map.of(), port)));
        }
        Server server = bare.get();
        return new Target("bare proxy", server.address(), List.of(server.handle()));
    }

    /** The peers of the file of peers, started. */
    List<Target> peers() throws IOException {
        List<Target> targets = new ArrayList<>();
        for (PeerGateway peer : options.peers()) {
            Server server = keep(Server.start(
                    peer.name(), folder, List.of("sh", "-c", peer.command(answers.port())), Map.of(), peer.port()));
            targets.add(new Target(peer.name(), server.address(), List.of(server.handle())));
        }
        return targets;
    }

    /** A request as it goes to this target: the gateway routes by model, others by path. */
    byte[] request(Target target, Protocol client, Protocol upstream, Bodies.Size size) {
        String model = Bodies.letter(upstream) + "-" + size.name();
        String body = Bodies.request(client, model, false, size.bytes());
        boolean routed = "bare proxy".equals(target.name())
                || gateways.stream().anyMatch(server -> server.name().equals(target.name()));
        Optional<PeerGateway> peer = options.peers().stream()
                .filter(known -> known.name().equals(target.name()))
                .findFirst();
        String path = routed
                ? Bodies.path(client)
                : peer.map(PeerGateway::path).orElse("/" + Bodies.letter(upstream) + size.name() + Bodies.path(client));
        return Bodies.http(client, path, peer.map(PeerGateway::key).orElse(KEY), body);
    }

    /** A streamed request: so many pieces, so many milliseconds apart. */
    byte[] stream(Protocol client, Protocol upstream, int pieces, int millis) {
        String model = Bodies.letter(upstream) + "s-" + pieces + "-" + millis;
        return Bodies.http(client, Bodies.path(client), KEY, Bodies.request(client, model, true, 1024));
    }

    @Override
    public void close() {
        servers.forEach(Server::close);
    }
}
