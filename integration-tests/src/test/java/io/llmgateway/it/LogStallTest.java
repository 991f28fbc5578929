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
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A log that cannot be written: its reader was stopped, its disk is full. No request notices. */
@EnabledOnOs(OS.LINUX)
class LogStallTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final int ROUNDS = 10;
    private static final int REQUESTS = 100;
    /** What may differ on a busy machine between two runs of the same thing. */
    private static final Duration NOISE = Duration.ofMillis(5);

    @TempDir
    Path folder;

    private static RunningGateway gateway(Path log) {
        Simulator simulator = Simulator.start(SimulatorOptions.defaults());
        return RunningGateway.configured("""
                server: {port: 0}
                admin: {enabled: false}
                logging: {file: "%2$s", body-limit: 1MiB}
                keys:
                  - {name: test, key: {env: CLIENT_KEY}}
                  - {name: talkative, key: {env: OTHER_KEY}, log-bodies: true}
                providers:
                  openai:
                    type: openai
                    instances: [{name: a, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}}]
                """.formatted(simulator.baseUri(), log), simulator);
    }

    /** A pipe whose reader has it open and was stopped. */
    private static Process stoppedReader(Path pipe) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Process reader =
                new ProcessBuilder("sh", "-c", "exec 3<>" + pipe + "; echo ready; exec cat <&3 >/dev/null").start();
        assertThat(reader.inputReader().readLine()).isEqualTo("ready");
        assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(reader.pid()))
                        .start()
                        .waitFor())
                .isZero();
        return reader;
    }

    private static void ask(RawClient client, String key, String text) throws IOException {
        String body = "{\"model\":\"gpt-5-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}";
        assertThat(client.post(CHAT, key, body).read().status()).isEqualTo(200);
    }

    private static void measure(RunningGateway gateway, long[] nanos, int from) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            for (int i = 0; i < REQUESTS; i++) {
                long begun = System.nanoTime();
                ask(client, RunningGateway.KEY, "x");
                nanos[from + i] = System.nanoTime() - begun;
            }
        }
    }

    private static Duration p99(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return Duration.ofNanos(sorted[sorted.length * 99 / 100]);
    }

    @Test
    void stoppedReaderAndFullDisk_slowNoRequestAndAreCounted(TestReporter reporter) throws Exception {
        Process reader = stoppedReader(folder.resolve("pipe"));
        try (RunningGateway file = gateway(folder.resolve("gateway.log"));
                RunningGateway pipe = gateway(folder.resolve("pipe"));
                RunningGateway full = gateway(Path.of("/dev/full"))) {
            String large = "y".repeat(400_000);
            for (int i = 0; i < 100; i++) {
                // 40 MB of bodies: far more than the log may hold
                try (RawClient client = RawClient.connect(pipe.port())) {
                    ask(client, RunningGateway.OTHER_KEY, large);
                }
            }
            assertThat(pipe.logs().dropped()).isPositive();
            long[] good = new long[ROUNDS * REQUESTS];
            long[] stopped = new long[ROUNDS * REQUESTS];
            long[] noSpace = new long[ROUNDS * REQUESTS];
            for (int round = -2; round < ROUNDS; round++) {
                int from = Math.max(0, round) * REQUESTS;
                measure(file, good, from);
                measure(pipe, stopped, from);
                measure(full, noSpace, from);
            }

            Duration bound = p99(good).multipliedBy(6).dividedBy(5).plus(NOISE);
            reporter.publishEntry(
                    "p99",
                    "file " + p99(good) + ", stopped reader " + p99(stopped) + ", full disk "
                            + p99(noSpace) + "; dropped " + pipe.logs().dropped() + " and "
                            + full.logs().dropped());
            assertThat(p99(stopped)).isLessThan(bound);
            assertThat(p99(noSpace)).isLessThan(bound);
            assertThat(full.logs().written()).isZero();
            assertThat(full.logs().dropped()).isPositive();
            assertThat(file.logs().dropped()).isZero();
        } finally {
            reader.destroyForcibly();
        }
    }

    @Test
    void processWhoseErrorStreamNobodyReads_servesAndStops() throws Exception {
        Process reader = stoppedReader(folder.resolve("pipe"));
        try (Simulator simulator = Simulator.start(SimulatorOptions.defaults())) {
            Path config = Files.writeString(folder.resolve("gateway.yaml"), """
                    server: {port: 0}
                    admin: {enabled: false}
                    keys: [{name: test, key: {env: CLIENT_KEY}}]
                    providers:
                      openai:
                        type: openai
                        instances: [{name: a, base-url: "%1$s/v1", api-key: {env: CLIENT_KEY}}]
                    """.formatted(simulator.baseUri()));
            ProcessBuilder builder = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "io.llmgateway.launcher.Main",
                    "run",
                    "-c",
                    config.toString());
            builder.environment().put("CLIENT_KEY", RunningGateway.KEY);
            Process process =
                    builder.redirectError(folder.resolve("pipe").toFile()).start();
            try (BufferedReader out = process.inputReader()) {
                String line = out.readLine();
                while (!line.startsWith("  listening")) {
                    line = out.readLine();
                }
                int port = Integer.parseInt(
                        line.substring(line.lastIndexOf(':') + 1).strip());
                for (int i = 0; i < 400; i++) {
                    try (RawClient client = RawClient.connect(port)) {
                        ask(client, RunningGateway.KEY, "x");
                    }
                }
                process.destroy();
                assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isZero();
            } finally {
                process.destroyForcibly();
            }
        } finally {
            reader.destroyForcibly();
        }
    }
}
