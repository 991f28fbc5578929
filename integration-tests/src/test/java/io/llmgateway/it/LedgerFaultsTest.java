package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway whose database has a bad day: requests do not notice, what is lost or waits is counted and told. The
 * latencies are logged; {@code -Dledger.requests=20000} makes them a measurement.
 */
class LedgerFaultsTest {
    private static final System.Logger LOG = System.getLogger(LedgerFaultsTest.class.getName());
    private static final int REQUESTS = Integer.getInteger("ledger.requests", 2_000);
    /** A request that waited for the writer would take its seconds; one that did not takes milliseconds. */
    private static final long NOTICED_NANOS = Duration.ofMillis(500).toNanos();

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Simulator simulator = Simulator.start(SimulatorOptions.defaults());
    private Path database;
    private Process process;
    private int port;
    private int adminPort;

    @BeforeEach
    void place() throws IOException {
        database = Files.createDirectories(folder.resolve("accounts")).resolve("usage.db");
    }

    @AfterEach
    void stop() {
        process.destroyForcibly();
        simulator.close();
        http.close();
    }

    /** Starts a gateway in a process of its own, by way of a shell line that ends in {@code "$@"}. */
    private void start(String shell) throws IOException {
        Path config = Files.writeString(
                folder.resolve("gateway.yaml"), """
                server: {port: 0}
                admin: {port: 0}
                usage: {database: accounts/usage.db}
                keys: [{name: test, key: "%s"}]
                providers:
                  openai: {type: openai, instances: [{name: a, base-url: "%s/v1", api-key: "provider-key"}]}
                """.formatted(RunningGateway.KEY, simulator.baseUri()));
        List<String> java = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.llmgateway.launcher.Main",
                "run",
                "-c",
                config.toString());
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", shell, "sh");
        builder.command().addAll(java);
        builder.environment().putAll(Map.of("PLACE", database.getParent().toString()));
        process = builder.redirectError(folder.resolve("log").toFile()).start();
        BufferedReader out = process.inputReader();
        for (String line = out.readLine(); adminPort == 0; line = out.readLine()) {
            assertThat(line).as("the gateway starts").isNotNull();
            if (line.startsWith("  listening")) {
                port = Integer.parseInt(
                        line.substring(line.lastIndexOf(':') + 1).strip());
            } else if (line.startsWith("  admin")) {
                adminPort = URI.create(line.substring(line.indexOf("http"))).getPort();
            }
        }
    }

    /** Sends requests one after the other; all must be served. Gives the slowest of a hundred in nanoseconds. */
    private long p99(String what, int requests) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + RunningGateway.KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"sim/echo\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}"))
                .build();
        long[] nanos = new long[requests];
        for (int i = 0; i < requests; i++) {
            long begin = System.nanoTime();
            assertThat(http.send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);
            nanos[i] = System.nanoTime() - begin;
        }
        Arrays.sort(nanos);
        long p99 = nanos[requests * 99 / 100];
        LOG.log(
                System.Logger.Level.WARNING,
                "latency {0}: p50 {1} us, p99 {2} us",
                what,
                Long.toString(nanos[requests / 2] / 1000),
                Long.toString(p99 / 1000));
        return p99;
    }

    private long records(String state) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + adminPort + "/metrics");
        String page = http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        return page.lines()
                .filter(line -> "waiting".equals(state)
                        ? line.startsWith("gateway_ledger_records_queued")
                        : line.startsWith("gateway_ledger_records_total{") && line.contains("\"" + state + "\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void fullDisk_requestsDoNotNotice_whatIsNotStoredIsCountedAndTold() throws Exception {
        // a disk of its own where the system allows one, else files that cannot grow
        start("if unshare -rm mount -t tmpfs tmpfs \"$PLACE\" 2>/dev/null; then"
                + " exec unshare -rm sh -c 'mount -t tmpfs -o size=400k tmpfs \"$PLACE\" && exec \"$@\"' sh \"$@\";"
                + " else ulimit -f 400; exec \"$@\"; fi");
        p99("before", REQUESTS / 4);

        Eventually.within(20, () -> p99("until it is full", 500) > 0 && records("waiting") > 400);
        long during = p99("disk full", REQUESTS);

        assertThat(during).isLessThan(NOTICED_NANOS);
        assertThat(records("waiting") + records("lost")).isGreaterThanOrEqualTo(REQUESTS);
        assertThat(Files.readString(folder.resolve("log"))).contains("cannot be used now", "usage.db");
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void writerBlockedForFiveSeconds_requestsDoNotNotice_nothingIsLost() throws Exception {
        start("exec \"$@\"");
        p99("warm up", REQUESTS / 2);
        p99("before", REQUESTS);
        Eventually.within(20, () -> records("waiting") == 0);
        long stored = records("written");
        long during = 0;
        int sent = 0;
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
            long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
            while (System.nanoTime() < end) {
                during = Math.max(during, p99("writer blocked", REQUESTS / 4));
                sent += REQUESTS / 4;
            }
            assertThat(records("written")).isEqualTo(stored);
            statement.execute("COMMIT");
        }
        long all = stored + sent;

        Eventually.within(20, () -> records("written") == all);

        assertThat(during).isLessThan(NOTICED_NANOS);
        assertThat(records("lost")).isZero();
    }

    @Test
    void readOnlyFolder_requestsDoNotNotice_andItIsTold() throws Exception {
        Files.setPosixFilePermissions(database.getParent(), PosixFilePermissions.fromString("r-x------"));
        String readOnly = "if unshare -rm mount -t tmpfs tmpfs \"$PLACE\" 2>/dev/null; then exec unshare -rm sh -c"
                + " 'mount -t tmpfs -o ro tmpfs \"$PLACE\" && exec \"$@\"' sh \"$@\"; else exec \"$@\"; fi";
        start(readOnly);

        assertThat(p99("read-only folder", REQUESTS / 4)).isLessThan(NOTICED_NANOS);

        assertThat(records("written")).isZero();
        assertThat(records("waiting") + records("lost")).isGreaterThanOrEqualTo(REQUESTS / 4);
        assertThat(Files.readString(folder.resolve("log"))).contains("cannot be used now");
        Files.setPosixFilePermissions(database.getParent(), PosixFilePermissions.fromString("rwx------"));
    }
}
