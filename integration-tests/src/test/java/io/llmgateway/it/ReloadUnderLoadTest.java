package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.admin.ReloadReport;
import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.RawClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hundred configurations, one after the other, under requests and live streams: nothing fails, nothing is cut, and no
 * request ever sees half of one configuration and half of another. In each the key has the name, and the alias the
 * model, of its number.
 */
class ReloadUnderLoadTest {
    private static final int RELOADS = 100;
    private static final int STREAMS = 200;
    private static final int CLIENTS = 8;
    private static final long BETWEEN_NANOS = 40_000_000;
    private static final long PACE_NANOS = 16_000_000;

    @TempDir
    Path folder;

    private String yaml(Simulator simulator, int number) {
        return """
                server: {port: 0}
                admin: {port: 0}
                reload: {watch: false}
                usage: {database: usage.db}
                limits: {tokens-per-day: 1000m}
                keys: [{name: k-%2$d, key: {env: CLIENT_KEY}}]
                providers:
                  openai:
                    type: openai
                    instances:
                      - {name: steady, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}}
                      - {name: i-%3$d, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}, weight: %4$d}
                routing:
                  rules: {"sim/*": openai}
                  models:
                    m: {targets: [{provider: openai, model: "sim/g-%2$d"}]}
                """.formatted(simulator.baseUri(), number, number / 3, 1 + number % 7);
    }

    @Test
    void hundredReloads_failNothing_cutNothing_mixNothing() throws Exception {
        Simulator simulator = Simulator.start(SimulatorOptions.defaults());
        Path file = folder.resolve("gateway.yaml");
        Files.writeString(file, yaml(simulator, 0));
        AtomicBoolean running = new AtomicBoolean(true);
        AtomicInteger served = new AtomicInteger();
        try (RunningGateway gateway = RunningGateway.reloadable(file, simulator);
                HttpClient http = HttpClient.newHttpClient();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> streams = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                streams.add(threads.submit(stream(gateway)));
            }
            simulator.awaitStreams(state -> state.open() == STREAMS, Duration.ofSeconds(30));
            List<Future<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(threads.submit(() -> client(http, gateway, running, served)));
            }

            for (int number = 1; number <= RELOADS; number++) {
                Files.writeString(file, yaml(simulator, number));
                ReloadReport report = gateway.gateway().reload("test").orElseThrow();
                assertThat(report.taken()).isTrue();
                LockSupport.parkNanos(BETWEEN_NANOS);
            }
            running.set(false);

            for (Future<Integer> client : clients) {
                assertThat(client.get()).as("failed requests").isZero();
            }
            for (Future<String> stream : streams) {
                assertThat(stream.get()).endsWith("data: [DONE]\n\n");
            }
            assertThat(served.get()).isGreaterThan(RELOADS);
        }
        assertThat(mixed())
                .as("records with key and model of different configurations")
                .isZero();
    }

    /** Asks until told to stop; gives how many requests failed. */
    private static int client(HttpClient http, RunningGateway gateway, AtomicBoolean running, AtomicInteger served)
            throws IOException, InterruptedException {
        int failed = 0;
        HttpRequest request = HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + RunningGateway.KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}"))
                .build();
        while (running.get()) {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            failed += answer.statusCode() == 200 ? 0 : 1;
            served.incrementAndGet();
            LockSupport.parkNanos(PACE_NANOS);
        }
        return failed;
    }

    private static Callable<String> stream(RunningGateway gateway) {
        return () -> {
            try (RawClient client = RawClient.connect(gateway.port())) {
                return client.post(
                                "/v1/chat/completions",
                                RunningGateway.KEY,
                                "{\"model\":\"sim/tokens-80-every-100ms\",\"stream\":true,"
                                        + "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}")
                        .read()
                        .body();
            }
        };
    }

    private int mixed() throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("usage.db"));
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(
                        "SELECT count(*), sum(replace(key_name, 'k-', '') <> replace(served, 'sim/g-', ''))"
                                + " FROM usage WHERE asked = 'm'")) {
            assertThat(found.getInt(1)).as("records").isGreaterThan(RELOADS);
            return found.getInt(2);
        }
    }
}
