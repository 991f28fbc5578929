package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.RawClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
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
        Path config = Files.writeString(
                folder.resolve("gateway.yaml"), """
                server: {port: 0}
                admin: {port: 0}
                keys: [{name: test, key: "%s"}]
                providers:
                  openai: {type: openai, instances: [{name: a, base-url: "%s/v1", api-key: "provider-key"}]}
                routing: {default-provider: openai}
                """.formatted(RunningGateway.KEY, simulator.baseUri()));
        return new ProcessBuilder(
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
        while (line != null && !line.startsWith("  applications")) {
            line = out.readLine();
        }
        assertThat(line).isNotNull();
        return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).strip());
    }
}
