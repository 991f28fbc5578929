package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an alias or an instance may have of its own, and instances that close their connections whenever they like. */
class RouteOptionsTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final Simulator simulator = Simulator.start(SimulatorOptions.defaults());
    private ServerSocket moody;
    private RunningGateway gateway;

    @BeforeEach
    void start() throws IOException {
        moody = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
        gateway = RunningGateway.configured(configuration(), simulator);
    }

    private String configuration() {
        return """
                server: {port: 0}
                admin: {port: 0}
                keys: [{name: test, key: {env: CLIENT_KEY}}]
                providers:
                  openai:
                    type: openai
                    status-overrides: {418: overloaded}
                    circuit-breaker: {max-cooldown: 0s}
                    instances: [{name: o, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}}]
                  teapot:
                    type: openai
                    instances:
                      - name: t
                        base-url: "%1$s/v1"
                        api-key: {env: PROVIDER_KEY}
                        status-overrides: {400: context-length, 418: rate-limit}
                  moody:
                    type: openai
                    instances: [{name: m, base-url: "http://127.0.0.1:%2$d/v1"}]
                  patient:
                    type: openai
                    balancing: {when-all-unhealthy: wait, max-wait: 10s}
                    circuit-breaker: {cooldown: 300ms, consecutive-failures: 1, open-duration: 300ms}
                    instances: [{name: p, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}}]
                routing:
                  rules: {"gpt-": openai, "sim/*": openai, "tea/*": teapot, "moody": moody, "patient/*": patient}
                  models:
                    told: {targets: [{provider: teapot, model: sim/status-400}], fallbacks: [sim/echo]}
                    helped:
                      targets: [{provider: teapot, model: sim/status-400}]
                      fallbacks: [sim/echo]
                      fallback-on: [context-length]
                    hasty:
                      targets: [{provider: openai, model: sim/hang}]
                      timeouts: {first-token: 300ms, total: 300ms}
                """.formatted(simulator.baseUri(), moody.getLocalPort());
    }

    @AfterEach
    void stop() throws IOException {
        gateway.close();
        moody.close();
        http.close();
    }

    private HttpResponse<String> ask(String model, boolean stream) {
        String body = "{\"model\":\"" + model + "\",\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"hello there\"}]}";
        HttpRequest request = HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + RunningGateway.KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void errorOfTheRequest_goesToTheFallback_onlyWhenConfigured() {
        assertThat(ask("told", false).statusCode()).isEqualTo(400);
        assertThat(ask("told", true).body()).contains("context_length_exceeded");
        assertThat(ask("helped", false).body()).contains("hello there");
        assertThat(ask("helped", true).body()).contains("[DONE]");
    }

    @Test
    void aliasTimeouts_replaceThoseOfTheInstance() {
        assertThat(ask("hasty", true).statusCode()).isEqualTo(504);
        assertThat(ask("hasty", false).statusCode()).isEqualTo(504);
    }

    @Test
    void statuses_meanWhatTheConfigurationSays() {
        assertThat(ask("sim/status-418", false).statusCode()).isEqualTo(503);
        assertThat(ask("tea/status-418", false).statusCode()).isEqualTo(429);
    }

    @Test
    void allOut_waitsForTheFirstToComeBack() {
        assertThat(ask("patient/status-500", false).statusCode()).isBetween(500, 502);

        HttpResponse<String> next = ask("patient/echo", false);

        assertThat(next.statusCode()).isEqualTo(200);
    }

    /** 10,000 requests over connections that their server closes at random, after an answer or while idle. */
    @Test
    void connectionsClosedAtRandom_areNoticedByNoClient() throws Exception {
        List<Callable<Integer>> clients = new ArrayList<>();
        for (int client = 0; client < 20; client++) {
            clients.add(() -> {
                int bad = 0;
                for (int i = 0; i < 500; i++) {
                    bad += ask("moody", false).statusCode() == 200 ? 0 : 1;
                }
                return bad;
            });
        }
        int bad = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> result : threads.invokeAll(clients)) {
                bad += result.get();
            }
        }

        assertThat(bad).isZero();
    }

    private void accept() {
        try {
            for (long seed = 1; ; seed++) {
                Socket socket = moody.accept();
                RandomGenerator random = RandomGeneratorFactory.getDefault().create(seed);
                Thread.ofVirtual().start(() -> answerUntilBored(socket, random));
            }
        } catch (IOException e) {
            assertThat(moody.isClosed()).isTrue();
        }
    }

    private static void answerUntilBored(Socket socket, RandomGenerator random) {
        String body = "{\"id\":\"x\",\"object\":\"chat.completion\",\"model\":\"moody\",\"choices\":[{\"index\":0,"
                + "\"message\":{\"role\":\"assistant\",\"content\":\"hm\"},\"finish_reason\":\"stop\"}],"
                + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}";
        byte[] answer = ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                        + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            do {
                if (!readRequest(in)) {
                    return;
                }
                socket.getOutputStream().write(answer);
                if (random.nextInt(4) == 0) {
                    // idle for less than the pool keeps connections, then gone
                    socket.setSoTimeout(1 + random.nextInt(3));
                }
            } while (random.nextInt(5) > 0);
        } catch (IOException e) {
            // bored, or the gateway closed it
            assertThat(socket.isClosed()).isTrue();
        }
    }

    private static boolean readRequest(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return false;
            }
            head.append((char) next);
        }
        int at = head.indexOf("Content-Length: ") + "Content-Length: ".length();
        int length = Integer.parseInt(head.substring(at, head.indexOf("\r\n", at)));
        return in.readNBytes(length).length == length;
    }
}
