package io.llmgateway.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How to measure. Immutable.
 *
 * @param image the gateway's runtime image
 * @param results the folder results go to
 * @param nginx nginx, when it is installed
 * @param wrk wrk, when it is installed
 * @param peers gateways to compare with
 * @param only parts of names of groups to run; empty = all
 * @param rounds how often each target is measured
 * @param window how long each time
 * @param warm how long each target is warmed
 * @param quick true to see only that everything works
 * @param javaOptions options for the gateway's JVM, to compare flags
 */
record Options(
        Path image,
        Path results,
        Optional<Path> nginx,
        Optional<Path> wrk,
        List<PeerGateway> peers,
        List<String> only,
        int rounds,
        Duration window,
        Duration warm,
        boolean quick,
        Optional<String> javaOptions) {

    static final String USAGE = """
            usage: ./dev bench load [--quick] [--only PART[,PART]] [--rounds N] [--seconds N] [--warm N]
                                    [--peers FILE] [--out FOLDER] [--image FOLDER] [--java-options TEXT]
              --quick          a minute, to see that everything works; its figures mean nothing
              --only           groups whose names contain one of these: %s
              --peers FILE     other gateways: NAME.command, NAME.port, NAME.path, NAME.key in a file of properties
            """;

    static Options parse(List<String> arguments) throws IOException {
        Builder builder = new Builder();
        List<String> left = new ArrayList<>(arguments);
        while (!left.isEmpty()) {
            String name = left.removeFirst();
            if ("--quick".equals(name)) {
                builder.quick();
                continue;
            }
            if (left.isEmpty()) {
                throw new IllegalArgumentException("unknown option or missing value: " + name);
            }
            builder.set(name, left.removeFirst());
        }
        return builder.build();
    }

    /** The same with other options for the gateway's JVM. */
    Options withJavaOptions(String text) {
        return new Options(image, results, nginx, wrk, peers, only, rounds, window, warm, quick, Optional.of(text));
    }

    boolean wants(String group) {
        return only.isEmpty() || only.stream().anyMatch(group::contains);
    }

    private static Optional<Path> find(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            Path file = Path.of(folder.isEmpty() ? "." : folder, program);
            if (Files.isExecutable(file)) {
                return Optional.of(file);
            }
        }
        // where Debian puts it, often outside of a user's path
        Path usual = Path.of("/usr/sbin", program);
        return Files.isExecutable(usual) ? Optional.of(usual) : Optional.empty();
    }

    /** Collects options. Confined to one thread. */
    private static final class Builder {
        private Path image = Path.of("modules/launcher/target/image");
        private Path results = Path.of("benchmarks/results/load");
        private List<PeerGateway> peers = List.of();
        private List<String> only = List.of();
        private int rounds = 7;
        private Duration window = Duration.ofSeconds(4);
        private Duration warm = Duration.ofSeconds(20);
        private boolean quick;
        private Optional<String> javaOptions = Optional.empty();

        void quick() {
            quick = true;
            rounds = 1;
            window = Duration.ofMillis(300);
            warm = Duration.ofMillis(300);
            results = Path.of("benchmarks/target/quick");
        }

        void set(String name, String value) throws IOException {
            switch (name) {
                case "--only" -> only = List.of(value.split(",", -1));
                case "--rounds" -> rounds = Integer.parseInt(value);
                case "--seconds" -> window = Duration.ofSeconds(Integer.parseInt(value));
                case "--warm" -> warm = Duration.ofSeconds(Integer.parseInt(value));
                case "--peers" -> peers = PeerGateway.read(Path.of(value));
                case "--out" -> results = Path.of(value);
                case "--image" -> image = Path.of(value).toAbsolutePath();
                case "--java-options" -> javaOptions = Optional.of(value);
                default -> throw new IllegalArgumentException("unknown option: " + name);
            }
        }

        Options build() {
            return new Options(
                    image, results, find("nginx"), find("wrk"), peers, only, rounds, window, warm, quick, javaOptions);
        }
    }
}
