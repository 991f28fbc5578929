package io.llmgateway.it;

import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.RawClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Restarts two gateways behind a real HAProxy one after the other, again and again, under requests and streams, and
 * counts what clients notice. Run by {@code integration-tests/rolling-restart.sh}; ends with 0 when they noticed
 * nothing.
 */
final class RollingRestart {
    private static final int CLIENTS = 16;
    private static final int STREAMS = 100;
    private static final int ROUNDS = 3;
    private static final long PACE_NANOS = 30_000_000;
    private static final String BODY =
            "{\"model\":\"sim/%s\",\"stream\":%s,\"messages\":" + "[{\"role\":\"user\",\"content\":\"hello\"}]}";

    private final Path folder;
    private final Simulator simulator = Simulator.start(SimulatorOptions.defaults());
    private final int[] ports;
    private final Process[] gateways = new Process[2];
    private final int front;
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final AtomicInteger served = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger streamed = new AtomicInteger();
    private final AtomicInteger cut = new AtomicInteger();

    private RollingRestart(Path folder) throws IOException {
        this.folder = folder;
        this.ports = new int[] {freePort(), freePort()};
        this.front = freePort();
    }

    /** No arguments. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("rolling");
        System.exit(new RollingRestart(folder).run(System.out) ? 0 : 1);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private boolean run(PrintStream out) throws Exception {
        Process haproxy = null;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                HttpClient http = HttpClient.newHttpClient()) {
            startGateway(0);
            startGateway(1);
            haproxy = startProxy();
            awaitReady(front);
            for (int i = 0; i < CLIENTS; i++) {
                threads.execute(() -> client(http));
            }
            for (int i = 0; i < STREAMS; i++) {
                threads.execute(this::stream);
            }
            LockSupport.parkNanos(Duration.ofSeconds(3).toNanos());
            for (int round = 0; round < ROUNDS * 2; round++) {
                restart(round % 2);
                out.println("restarted gateway " + round % 2 + ": " + text());
            }
            running.set(false);
        } finally {
            running.set(false);
            if (haproxy != null) {
                haproxy.destroyForcibly();
            }
            for (Process gateway : gateways) {
                gateway.destroyForcibly();
            }
            simulator.close();
        }
        out.println("in all: " + text());
        return failed.get() == 0 && cut.get() == 0 && served.get() > 0 && streamed.get() > 0;
    }

    private String text() {
        return served + " requests served, " + failed + " failed, " + streamed + " streams complete, " + cut + " cut";
    }

    private void restart(int number) throws Exception {
        gateways[number].destroy();
        if (!gateways[number].waitFor(60, TimeUnit.SECONDS) || gateways[number].exitValue() != 0) {
            throw new IllegalStateException("gateway " + number + " did not stop in order");
        }
        startGateway(number);
        // until the proxy uses it again, as a roll-out waits for readiness
        LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
    }

    private void startGateway(int number) throws Exception {
        Path config = Files.writeString(folder.resolve("gateway-" + number + ".yaml"), """
                server: {port: %d, shutdown: {accept-period: 2s, grace-period: 30s}}
                admin: {enabled: false}
                keys: [{name: test, key: "%s"}]
                providers:
                  openai: {type: openai, instances: [{name: a, base-url: "%s/v1", api-key: "provider-key"}]}
                """.formatted(
                        ports[number], RunningGateway.KEY, simulator.baseUri()));
        gateways[number] = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.llmgateway.launcher.Main",
                        "run",
                        "-c",
                        config.toString())
                .redirectError(folder.resolve("gateway-" + number + ".log").toFile())
                .start();
        BufferedReader out = gateways[number].inputReader();
        String line = out.readLine();
        while (line != null && !line.startsWith("  listening")) {
            line = out.readLine();
        }
        awaitReady(ports[number]);
    }

    private Process startProxy() throws IOException {
        Path config = Files.writeString(folder.resolve("haproxy.cfg"), """
                defaults
                  mode http
                  timeout connect 2s
                  timeout client 60s
                  timeout server 60s
                  timeout check 5s
                  option http-keep-alive
                  option http-no-delay
                  option redispatch
                  retries 3
                frontend applications
                  bind 127.0.0.1:%d
                  default_backend gateways
                backend gateways
                  balance roundrobin
                  option httpchk GET /ready HTTP/1.1
                  http-check send hdr Host gateway
                  http-check expect status 200
                  default-server check inter 300ms fall 1 rise 1
                  server g0 127.0.0.1:%d
                  server g1 127.0.0.1:%d
                """.formatted(front, ports[0], ports[1]));
        return new ProcessBuilder("haproxy", "-db", "-f", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("haproxy.log").toFile())
                .start();
    }

    private static void awaitReady(int port) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() < end) {
            try (RawClient client = RawClient.connect(port)) {
                if (client.send("GET /ready HTTP/1.1\r\nHost: x\r\n\r\n").read().status() == 200) {
                    return;
                }
            } catch (IOException e) {
                LockSupport.parkNanos(PACE_NANOS);
            }
        }
        throw new IllegalStateException("nothing is ready on port " + port);
    }

    private void client(HttpClient http) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + front + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + RunningGateway.KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(BODY.formatted("echo", "false")))
                .build();
        while (running.get()) {
            try {
                int status =
                        http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
                (status == 200 ? served : failed).incrementAndGet();
            } catch (IOException e) {
                failed.incrementAndGet();
            } catch (InterruptedException e) {
                return;
            }
            LockSupport.parkNanos(PACE_NANOS);
        }
    }

    private void stream() {
        while (running.get()) {
            try (RawClient client = RawClient.connect(front)) {
                String body = client.post(
                                "/v1/chat/completions",
                                RunningGateway.KEY,
                                BODY.formatted("tokens-30-every-100ms", "true"))
                        .read()
                        .body();
                (body.endsWith("data: [DONE]\n\n") && !body.contains("{\"error\"") ? streamed : cut).incrementAndGet();
            } catch (IOException | RuntimeException e) {
                cut.incrementAndGet();
            }
        }
    }
}
