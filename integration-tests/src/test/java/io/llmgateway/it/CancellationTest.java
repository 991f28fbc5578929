package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that leave: their provider is told within a second, wherever the request is. */
class CancellationTest {
    private static RunningGateway gateway;
    private static Simulator simulator;
    private static HttpClient http;

    @BeforeAll
    static void start() {
        simulator = Simulator.start(SimulatorOptions.defaults());
        gateway = RunningGateway.configured("""
                server: {port: 0}
                admin: {port: 0}
                keys: [{name: test, key: {env: CLIENT_KEY}}]
                providers:
                  openai:
                    type: openai
                    instances: [{name: o, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}}]
                  anthropic:
                    type: anthropic
                    instances: [{name: a, base-url: "%1$s", api-key: {env: PROVIDER_KEY}}]
                  narrow:
                    type: openai
                    balancing: {max-wait: 30s}
                    instances: [{name: n, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}, max-concurrent: 1}]
                routing: {rules: {"o/*": openai, "a/*": anthropic, "n/*": narrow}}
                """.formatted(simulator.baseUri()), simulator);
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        http.close();
        gateway.close();
    }

    static List<Arguments> grid() {
        List<Arguments> grid = new ArrayList<>();
        for (int i = 0; i < 48; i++) {
            String script = new String[] {"hang", "headers-then-hang", "tokens-500-every-20ms"}[i / 16];
            boolean stream = (i & 8) == 0;
            if (stream || "hang".equals(script)) {
                String provider = (i & 1) == 0 ? "o/" : "a/";
                String path = (i & 2) == 0 ? "/v1/chat/completions" : "/v1/messages";
                grid.add(Arguments.of(provider + script, stream, (i & 4) == 0, path));
            }
        }
        return grid;
    }

    private static Socket send(String path, String model, boolean stream) throws IOException {
        String body = "{\"model\":\"" + model + "\",\"max_tokens\":5000,\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"hello there\"}]}";
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
        String head = "POST " + path + " HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " + RunningGateway.KEY
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n";
        socket.getOutputStream().write((head + body).getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    private static void leave(Socket socket, boolean reset) throws IOException {
        if (reset) {
            socket.setSoLinger(true, 0);
        }
        socket.close();
    }

    @ParameterizedTest
    @MethodSource("grid")
    void clientLeaves_providerIsToldWithinASecond(String model, boolean stream, boolean reset, String path)
            throws IOException {
        Socket socket = send(path, model, stream);
        simulator.awaitStreams(streams -> streams.open() == 1, Duration.ofSeconds(5));
        if (model.contains("tokens")) {
            assertThat(socket.getInputStream().read()).isPositive();
        }

        leave(socket, reset);

        simulator.awaitStreams(streams -> streams.open() == 0, Duration.ofSeconds(1));
    }

    @Test
    void clientsThatLeave_sayNothingAboutTheInstance() throws Exception {
        for (int i = 0; i < 5; i++) {
            for (String script : List.of("o/hang", "o/headers-then-hang")) {
                Socket socket = send("/v1/chat/completions", script, true);
                simulator.awaitStreams(streams -> streams.open() == 1, Duration.ofSeconds(5));
                leave(socket, i % 2 == 0);
                simulator.awaitStreams(streams -> streams.open() == 0, Duration.ofSeconds(1));
            }
        }

        assertThat(page("/instances")).contains("\"instance\":\"o\",\"state\":\"closed\"");
        assertThat(page("/metrics")).contains("outcome=\"client_gone\"");
    }

    private static String page(String path) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.adminPort() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void clientLeavesTheLine_itsPlaceIsFree() throws Exception {
        Socket busy = send("/v1/chat/completions", "n/hang", true);
        simulator.awaitStreams(streams -> streams.open() == 1, Duration.ofSeconds(5));
        Socket waiting = send("/v1/chat/completions", "n/echo", true);
        awaitWaiting(1);

        leave(waiting, false);

        awaitWaiting(0);
        leave(busy, false);
        simulator.awaitStreams(streams -> streams.open() == 0, Duration.ofSeconds(1));
    }

    private static void awaitWaiting(int wanted) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        String page;
        do {
            page = page("/instances");
        } while (!page.contains("\"queued\":" + wanted + ",") && System.nanoTime() - end < 0);
        assertThat(page).contains("\"queued\":" + wanted + ",");
    }

    @Test
    void patientClients_areNeverTakenForGone() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            sockets.add(send("/v1/chat/completions", "o/slow-first-token-700ms", true));
        }
        for (Socket socket : sockets) {
            socket.setSoTimeout(10_000);
            byte[] head = socket.getInputStream().readNBytes(15);
            assertThat(new String(head, StandardCharsets.UTF_8)).isEqualTo("HTTP/1.1 200 OK");
            socket.close();
        }
    }

    @Test
    void secondRequestOnAWatchedConnection_isServed() throws IOException {
        try (Socket socket = send("/v1/chat/completions", "o/slow-whole-400ms", false)) {
            socket.setSoTimeout(10_000);
            String body = "{\"model\":\"o/echo\",\"messages\":[{\"role\":\"user\",\"content\":\"second\"}]}";
            // sent while the first is still waiting: the watcher finds a byte, not an end
            socket.getOutputStream()
                    .write(("POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
                                    + "Authorization: Bearer " + RunningGateway.KEY
                                    + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                                    + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.UTF_8));
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(all.split("HTTP/1.1 200 OK", -1)).hasSize(3);
            assertThat(all).contains("hello there").contains("second");
        }
    }
}
