package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.ledger.SqliteLedger;
import io.llmgateway.ledger.UsageQuery;
import io.llmgateway.ledger.UsageSum;
import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.Eventually;
import io.llmgateway.testing.RawClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway in a process of its own that is asked to stop while it works. */
class GracefulStopTest {
    private static final int STREAMS = 50;

    @TempDir
    private Path folder;

    @Test
    void sigterm_duringFiftyStreams_letsAllComplete() throws Exception {
        try (Simulator simulator = Simulator.start(SimulatorOptions.defaults());
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Process process = start(simulator);
            try (BufferedReader out = process.inputReader()) {
                int port = port(out);
                List<Future<String>> streams = new ArrayList<>();
                for (int i = 0; i < STREAMS; i++) {
                    streams.add(clients.submit(stream(port)));
                }
                simulator.awaitStreams(state -> state.open() == STREAMS, Duration.ofSeconds(20));

                process.destroy();

                for (Future<String> stream : streams) {
                    assertThat(stream.get(30, TimeUnit.SECONDS)).endsWith("data: [DONE]\n\n");
                }
                assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isZero();
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void sigterm_saysNotReadyAtOnce_butAcceptsForAWhile_thenEndsWhatIsLeft() throws Exception {
        try (Simulator simulator = Simulator.start(SimulatorOptions.defaults());
                HttpClient http = HttpClient.newHttpClient();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Process process = start(simulator, "shutdown: {accept-period: 2s, grace-period: 1s}");
            try (BufferedReader out = process.inputReader()) {
                int port = port(out);
                Future<String> chat = clients.submit(() -> cut(port, "/v1/chat/completions"));
                Future<String> messages = clients.submit(() -> cut(port, "/v1/messages"));
                simulator.awaitStreams(state -> state.open() == 2, Duration.ofSeconds(20));

                process.destroy();

                Eventually.within(20, () -> status(http, port, "/ready") == 503);
                assertThat(RawClient.connect(port)
                                .post("/v1/chat/completions", RunningGateway.KEY, whole())
                                .read())
                        .satisfies(answer -> assertThat(answer.status()).isEqualTo(200))
                        .satisfies(answer -> assertThat(answer.headers()).containsEntry("connection", "close"));
                assertThat(chat.get(30, TimeUnit.SECONDS))
                        .contains("data: {\"error\":{")
                        .endsWith("data: [DONE]\n\n\r\n0\r\n\r\n");
                assertThat(messages.get(30, TimeUnit.SECONDS))
                        .contains("event: error\n")
                        .doesNotContain("message_stop");
                assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isZero();
            } finally {
                process.destroyForcibly();
            }
            // both streams that were ended, and the request that came meanwhile, have their record
            List<UsageSum> sums = SqliteLedger.report(
                    folder.resolve("usage.db"),
                    new UsageQuery(
                            UsageQuery.By.KEY, Instant.EPOCH, Instant.now().plusSeconds(60)));
            assertThat(sums).singleElement().satisfies(sum -> {
                assertThat(sum.requests()).isEqualTo(3);
                assertThat(sum.failed()).isEqualTo(2);
                assertThat(sum.estimated()).isEqualTo(2);
                assertThat(sum.usage().output()).isPositive();
            });
        }
    }

    @Test
    void secondSigterm_endsAtOnce() throws Exception {
        try (Simulator simulator = Simulator.start(SimulatorOptions.defaults());
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Process process = start(simulator, "shutdown: {grace-period: 10m}");
            try (BufferedReader out = process.inputReader()) {
                int port = port(out);
                Future<String> stream = clients.submit(() -> cut(port, "/v1/chat/completions"));
                simulator.awaitStreams(state -> state.open() == 1, Duration.ofSeconds(20));
                process.destroy();
                try (HttpClient http = HttpClient.newHttpClient()) {
                    Eventually.within(20, () -> status(http, port, "/ready") == 503);
                }

                new ProcessBuilder("kill", "-TERM", Long.toString(process.pid()))
                        .start()
                        .waitFor();

                assertThat(process.waitFor(2, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isEqualTo(4);
                assertThat(stream.get(10, TimeUnit.SECONDS)).doesNotContain("[DONE]");
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void sighup_readsTheConfigurationAgain() throws Exception {
        try (Simulator simulator = Simulator.start(SimulatorOptions.defaults());
                HttpClient http = HttpClient.newHttpClient()) {
            Process process = start(simulator, "");
            try (BufferedReader out = process.inputReader()) {
                int port = port(out);
                assertThat(ask(port, "alias")).doesNotContain("sim/renamed");
                Path file = folder.resolve("gateway.yaml");
                Files.writeString(
                        file,
                        Files.readString(file)
                                .replace(
                                        "routing:",
                                        "routing:\n  models:\n"
                                                + "    alias: {targets: [{provider: openai, model: sim/renamed}]}"));

                new ProcessBuilder("kill", "-HUP", Long.toString(process.pid()))
                        .start()
                        .waitFor();

                AtomicReference<String> last = new AtomicReference<>("");
                Eventually.within(
                        20,
                        () -> {
                            last.set(ask(port, "alias"));
                            return last.get().contains("sim/renamed");
                        },
                        last::get);
                // once it has warmed up
                Eventually.within(
                        20,
                        () -> {
                            last.set("/ready: " + status(http, port, "/ready"));
                            return last.get().endsWith(" 200");
                        },
                        last::get);
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static String ask(int port, String model) throws IOException {
        try (RawClient client = RawClient.connect(port)) {
            return client.post(
                            "/v1/chat/completions",
                            RunningGateway.KEY,
                            "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}")
                    .read()
                    .body();
        }
    }

    private static String whole() {
        return "{\"model\":\"sim/echo\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
    }

    /** A stream that lasts longer than the gateway; everything that came of it. */
    private static String cut(int port, String path) throws IOException {
        try (RawClient client = RawClient.connect(port)) {
            return client.post(
                            path,
                            RunningGateway.KEY,
                            "{\"model\":\"sim/tokens-2000-every-50ms\",\"max_tokens\":3000,\"stream\":true,"
                                    + "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}")
                    .readToEnd();
        }
    }

    private static int status(HttpClient http, int port, String path) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static Callable<String> stream(int port) {
        return () -> {
            try (RawClient client = RawClient.connect(port)) {
                return client.post(
                                "/v1/chat/completions",
                                RunningGateway.KEY,
                                "{\"model\":\"sim/tokens-40-every-50ms\",\"stream\":true,"
                                        + "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}")
                        .read()
                        .body();
            }
        };
    }

    private Process start(Simulator simulator) throws IOException {
        return start(simulator, "");
    }

    private Process start(Simulator simulator, String server) throws IOException {
        Path config = Files.writeString(folder.resolve("gateway.yaml"), """
                server: {port: 0%3$s}
                admin: {port: 0}
                reload: {watch: false}
                usage: {database: usage.db}
                keys: [{name: test, key: "%1$s"}]
                providers:
                  openai: {type: openai, instances: [{name: a, base-url: "%2$s/v1", api-key: "provider-key"}]}
                routing:
                  rules: {"sim/*": openai, "gpt-": openai}
                """.formatted(
                        RunningGateway.KEY, simulator.baseUri(), server.isEmpty() ? "" : ", " + server));
        return new ProcessBuilder(
                        // whoever runs this test may have the signal ignored, and then its children would too
                        "env",
                        "--default-signal=HUP",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.llmgateway.launcher.Main",
                        "run",
                        "-c",
                        config.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static int port(BufferedReader out) throws IOException {
        String line = out.readLine();
        while (line != null && !line.startsWith("  listening")) {
            line = out.readLine();
        }
        assertThat(line).isNotNull();
        return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).strip());
    }
}
