package io.llmgateway.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.BusyMachine;
import io.llmgateway.testing.RawClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A gateway in a process of its own, with little heap, that ends when its memory does. What an attack must not do to it
 * is asked for here: end it, stop it from answering small requests, leave memory or places taken.
 */
final class Victim implements AutoCloseable {
    static final String KEY = "attack-key-0123456789abcdef";
    static final String OTHER_KEY = "beside-key-0123456789abcdef";
    static final String CHAT = "/v1/chat/completions";
    static final String MESSAGES = "/v1/messages";
    static final String COUNT = "/v1/messages/count_tokens";

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final String SMALL = request("small", false);

    private final Process process;
    private final Path folder;
    private final int port;
    private final int adminPort;

    private Victim(Process process, Path folder, int port, int adminPort) {
        this.process = process;
        this.folder = folder;
        this.port = port;
        this.adminPort = adminPort;
    }

    /**
     * Starts one.
     *
     * @param folder where its files are
     * @param heap for -Xmx, as 512m
     * @param yaml what the configuration says besides the keys
     */
    static Victim start(Path folder, String heap, String yaml) throws IOException {
        return start(folder, heap, 0, yaml);
    }

    /**
     * Starts one that may open so many files.
     *
     * @param files the limit of the process; 0 for this one's
     */
    static Victim start(Path folder, String heap, int files, String yaml) throws IOException {
        BusyMachine.worst(0); // the bystander is there from the beginning
        Path config = Files.writeString(folder.resolve("gateway.yaml"), keys() + yaml);
        List<String> command = new ArrayList<>();
        if (files > 0) {
            command.addAll(List.of("sh", "-c", "ulimit -n " + files + " && exec \"$@\"", "sh"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:+UseCompactObjectHeaders",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.llmgateway.launcher.Main",
                "run",
                "-c",
                config.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("log").toFile())
                .start();
        BufferedReader out = process.inputReader();
        int port = port(out, "  listening", folder);
        return new Victim(process, folder, port, port(out, "  admin", folder));
    }

    /** The keys that every victim knows. */
    static String keys() {
        return "keys:\n  - {name: attacker, key: \"" + KEY + "\"}\n  - {name: beside, key: \"" + OTHER_KEY + "\"}\n";
    }

    private static int port(BufferedReader out, String word, Path folder) throws IOException {
        String line = out.readLine();
        while (line != null && !line.startsWith(word)) {
            line = out.readLine();
        }
        if (line == null) {
            throw new AssertionError("it does not start: " + Files.readString(folder.resolve("log")));
        }
        String address = line.strip().split("\\s+")[1];
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1).replaceFirst("/.*", ""));
    }

    /** A small request. */
    static String request(String model, boolean stream) {
        return "{\"model\":\"" + model + "\",\"max_tokens\":16,\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
    }

    int port() {
        return port;
    }

    int adminPort() {
        return adminPort;
    }

    RawClient connect() throws IOException {
        return RawClient.connect(port);
    }

    /** Sends a request of the attacker on a connection of its own and reads the answer. */
    RawClient.Response ask(String path, String body) throws IOException {
        try (RawClient client = connect()) {
            return client.post(path, KEY, body).read();
        }
    }

    /** What the admin listener says. */
    String admin(String path) throws IOException {
        try (RawClient client = RawClient.connect(adminPort)) {
            return client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    .read()
                    .body();
        }
    }

    /** The sum of all samples of a metric. */
    double metric(String name) throws IOException {
        return admin("/metrics")
                .lines()
                .filter(line -> line.startsWith(name) && " {".indexOf(line.charAt(name.length())) >= 0)
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** All that it logged. */
    String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    /** False when the process has ended. */
    boolean alive() {
        return process.isAlive();
    }

    /** Fails when the process has ended. */
    void lives(Object after) throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError("ended with " + process.exitValue() + " after " + after + ": " + tail(log()));
        }
    }

    private static String tail(String text) {
        return text.substring(Math.max(0, text.length() - 2_000));
    }

    /**
     * Asks for the model "small" with another key: it must be answered within a second, or, on a busy machine, within
     * as much more as a plain thread was kept waiting.
     */
    void servesBeside(Object during) throws IOException {
        lives(during);
        long begun = System.nanoTime();
        try (RawClient client = connect()) {
            RawClient.Response answer = client.post(CHAT, OTHER_KEY, SMALL).read();
            long took = System.nanoTime() - begun;
            assertThat(answer.status())
                    .as("a small request beside %s: %s", during, answer.body())
                    .isEqualTo(200);
            assertThat(took / 1_000_000)
                    .as("milliseconds of a small request beside %s", during)
                    .isLessThan((SECOND + BusyMachine.allowance(begun)) / 1_000_000);
        } catch (IOException e) {
            lives(during);
            throw e;
        }
    }

    /** Waits until the attack has left nothing behind: no request under way, no memory held. */
    void comesToRest(Object after) throws IOException {
        await(Duration.ofSeconds(20), after + " leaves requests or memory behind", () -> {
            try {
                return metric("gateway_requests_in_flight") == 0
                        && metric("gateway_memory_used_bytes") == 0
                        && metric("gateway_memory_requests_queued") == 0;
            } catch (IOException e) {
                throw new AssertionError("the admin listener does not answer after " + after, e);
            }
        });
        lives(after);
        servesBeside(after);
    }

    /** Fails when anything was a defect. */
    void metNoDefect() throws IOException {
        assertThat(log()).doesNotContain("met a defect").doesNotContain("StackOverflowError");
    }

    /** Waits for something that another thread or process does. */
    static void await(Duration longest, String otherwise, BooleanSupplier done) {
        long end = System.nanoTime() + longest.toNanos();
        while (!done.getAsBoolean()) {
            assertThat(System.nanoTime()).as(otherwise).isLessThan(end);
            java.util.concurrent.locks.LockSupport.parkNanos(SECOND / 20);
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
