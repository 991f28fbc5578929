package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.pipeline.Endpoint;
import io.llmgateway.server.AdminListener;
import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.OtlpReceiver;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys and prompts are nowhere but where they must be, and every route asks for the key that it should. */
class SecretsTest {
    private static final String ADMIN = "admin-key-0123456789abcdefgh";
    private static final String READER = "reader-key-0123456789abcdefg";
    private static final String WRONG = "wrong-key-canary-0123456789";
    private static final String COLLECTOR = "collector-key-0123456789";
    private static final String PROMPT = "prompt canary, 'quoted' & 99%";

    /** What needs no key. */
    private static final Set<String> OPEN = Set.of("/health");

    /** Every other route of the admin listener, and whether it changes something, which needs the admin's key. */
    private static final Map<String, Boolean> DECIDED = Map.ofEntries(
            Map.entry("/metrics", false),
            Map.entry("/instances", false),
            Map.entry("/limits", false),
            Map.entry("/usage", false),
            Map.entry("/explain", false),
            Map.entry("/config/status", false),
            Map.entry("/reload", true),
            Map.entry("/drain", true),
            Map.entry("/resume", true),
            Map.entry("/instances/drain", true),
            Map.entry("/instances/resume", true));

    @TempDir
    Path folder;

    private final Queue<String> log = new ConcurrentLinkedQueue<>();
    private final Handler handler = new Recorder();
    private final Logger root = Logger.getLogger("");
    private final Logger ours = Logger.getLogger("io");
    private final HttpClient http = HttpClient.newHttpClient();
    private final OtlpReceiver collector = OtlpReceiver.start();
    private RunningGateway gateway;

    @BeforeEach
    void start() {
        ours.setLevel(Level.FINE);
        handler.setLevel(Level.ALL);
        root.addHandler(handler);
        Simulator simulator = Simulator.start(SimulatorOptions.defaults());
        gateway = RunningGateway.configured(
                """
                server: {port: 0}
                admin: {port: 0, key: "%3$s", read-key: "%4$s"}
                usage: {database: "%2$s/usage.db"}
                logging: {file: "%2$s/gateway.log", level: trace}
                tracing: {endpoint: "%5$s", headers: {Authorization: "%6$s"}}
                keys: [{name: test, key: {env: CLIENT_KEY}, limits: {tokens-per-day: 100m}}]
                providers:
                  openai:
                    type: openai
                    instances: [{name: o, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}}]
                  anthropic:
                    type: anthropic
                    instances: [{name: a, base-url: "%1$s", api-key: {env: PROVIDER_KEY}}]
                  dead:
                    type: openai
                    instances: [{name: d, base-url: "http://127.0.0.1:1/v1", api-key: {env: PROVIDER_KEY}}]
                routing: {rules: {"sim/*": openai, "ant/*": anthropic, "dead": dead}}
                """.formatted(simulator.baseUri(), folder, ADMIN, READER, collector.uri(), COLLECTOR), simulator);
    }

    @AfterEach
    void stop() {
        gateway.close();
        collector.close();
        root.removeHandler(handler);
        ours.setLevel(null);
        http.close();
    }

    private HttpResponse<String> send(String method, URI uri, Map<String, String> headers, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json");
        headers.forEach(request::header);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> ask(String path, String model, String key, String body)
            throws IOException, InterruptedException {
        String text = "{\"model\":\"" + model + "\",\"max_tokens\":9," + body
                + "\"messages\":[{\"role\":\"user\",\"content\":\"" + PROMPT + "\"}]}";
        return send("POST", URI.create(gateway.url() + path), Map.of("Authorization", "Bearer " + key), text);
    }

    private HttpResponse<String> admin(String method, String path, String key)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + gateway.adminPort() + path);
        return send(method, uri, key.isEmpty() ? Map.of() : Map.of("Authorization", "Bearer " + key), "");
    }

    private List<AdminListener.Route> looks() {
        return gateway.gateway().adminRoutes().stream()
                .filter(route -> !route.change())
                .toList();
    }

    @Test
    void keysAndPrompts_areInNoSink() throws Exception {
        StringBuilder seen = new StringBuilder();
        for (String path : List.of("/v1/chat/completions", "/v1/messages")) {
            for (String model : List.of(
                    "sim/status-500",
                    "ant/status-401",
                    "sim/malformed-json",
                    "dead",
                    "ant/status-429-retry-after-1",
                    "unknown model",
                    "sim/error-body-200")) {
                seen.append(ask(path, model, RunningGateway.KEY, "").body());
                seen.append(
                        ask(path, model, RunningGateway.KEY, "\"stream\":true,").body());
            }
            seen.append(ask(path, "sim/echo", WRONG, "").body());
            seen.append(
                    ask(path, "sim/echo", RunningGateway.KEY, "\"bad\" json,").body());
            assertThat(ask(path, "sim/echo", RunningGateway.KEY, "").statusCode())
                    .isEqualTo(200);
        }
        for (AdminListener.Route page : looks()) {
            seen.append(admin("GET", page.path(), READER).body());
            seen.append(admin("GET", page.path(), WRONG).body());
        }
        for (String format : List.of("json", "text")) {
            String explain = "/explain?model=sim/echo&key=test&protocol=anthropic&format=" + format;
            assertThat(admin("GET", explain, READER).statusCode()).isEqualTo(200);
            seen.append(admin("GET", explain, READER).body());
        }
        for (AdminListener.Route change : gateway.gateway().adminRoutes()) {
            seen.append(admin("POST", change.path(), ADMIN).body());
        }
        gateway.close();
        seen.append(String.join("", log));
        assertThat(collector.spans()).isNotEmpty();
        assertThat(collector.authorizations()).containsOnly(COLLECTOR);
        collector.spans().forEach(seen::append);
        assertThat(folder.resolve("gateway.log")).isNotEmptyFile();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                seen.append(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        for (Map.Entry<Thread, StackTraceElement[]> thread :
                Thread.getAllStackTraces().entrySet()) {
            seen.append(thread.getKey().getName());
        }

        String everything = seen.toString();
        assertThat(everything).contains("gateway_requests_total", "sim/echo", "upstream_server");
        for (String secret :
                List.of(RunningGateway.KEY, RunningGateway.PROVIDER_KEY, ADMIN, READER, WRONG, COLLECTOR, PROMPT)) {
            byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
            assertThat(everything)
                    .doesNotContain(secret)
                    .doesNotContain(URLEncoder.encode(secret, StandardCharsets.UTF_8))
                    .doesNotContain(Base64.getEncoder().encodeToString(bytes))
                    .doesNotContain(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        }
    }

    @Test
    void everyRoute_asksForItsKey() throws Exception {
        for (Endpoint endpoint : Endpoint.values()) {
            URI uri = URI.create(gateway.url() + endpoint.path());
            String body = endpoint.hasBody() ? "{}" : "";
            for (String key : List.of(ADMIN, READER, WRONG)) {
                assertThat(send(endpoint.method(), uri, Map.of("x-api-key", key), body)
                                .statusCode())
                        .as("%s with a key of somebody else", endpoint)
                        .isEqualTo(401);
            }
            assertThat(send(endpoint.method(), uri, Map.of(), body).statusCode())
                    .as("%s without a key", endpoint)
                    .isEqualTo(401);
        }
    }

    /** Who may do what on the admin listener, as it was decided: a new route has to be decided too. */
    @Test
    void everyAdminRoute_isDecided_andAsksForItsKey() throws Exception {
        assertThat(gateway.gateway().adminRoutes().stream()
                        .filter(AdminListener.Route::open)
                        .map(AdminListener.Route::path))
                .containsExactlyElementsOf(OPEN);
        Map<String, Boolean> changes = gateway.gateway().adminRoutes().stream()
                .filter(route -> !route.open())
                .collect(Collectors.toMap(AdminListener.Route::path, AdminListener.Route::change));
        assertThat(changes).isEqualTo(DECIDED);
        for (Map.Entry<String, Boolean> route : DECIDED.entrySet()) {
            String path = route.getKey();
            String method = route.getValue() ? "POST" : "GET";
            String other = route.getValue() ? "GET" : "POST";
            for (String nobody : List.of("", WRONG, RunningGateway.KEY, ADMIN.substring(0, 24))) {
                assertThat(admin(method, path, nobody).statusCode()).as(path).isEqualTo(401);
            }
            assertThat(admin(method, path, READER).statusCode() == 403).as(path).isEqualTo(route.getValue());
            assertThat(admin(method, path, ADMIN).statusCode()).as(path).isIn(200, 400);
            assertThat(admin(other, path, ADMIN).statusCode()).as(path).isEqualTo(405);
        }
        assertThat(admin("GET", "/elsewhere", ADMIN).statusCode()).isEqualTo(404);
        for (String spelling : List.of("/%6detrics", "//metrics", "/metrics/", "/METRICS", "/x/../metrics")) {
            assertThat(admin("GET", spelling, "").statusCode()).as(spelling).isIn(401, 404);
        }
    }

    @Test
    void withoutAnAdminKey_nothingCanBeChanged() throws Exception {
        gateway.close();
        gateway = RunningGateway.start();

        for (Map.Entry<String, Boolean> route : DECIDED.entrySet()) {
            String method = route.getValue() ? "POST" : "GET";
            assertThat(admin(method, route.getKey(), "").statusCode() == 403)
                    .as(route.getKey())
                    .isEqualTo(route.getValue());
        }
    }

    @Test
    void hostileKeys_areAllRefusedAlike() throws Exception {
        String expected = null;
        for (String key : List.of(
                "' OR 1=1 --",
                "x".repeat(4_000),
                RunningGateway.KEY.substring(0, 20),
                RunningGateway.KEY + "x",
                "${jndi}")) {
            HttpResponse<String> answer = ask("/v1/chat/completions", "sim/echo", key, "");
            assertThat(answer.statusCode()).isEqualTo(401);
            expected = expected == null ? answer.body() : expected;
            assertThat(answer.body()).isEqualTo(expected);
        }
    }

    /** Keeps what is logged, formatted as it would be printed. */
    private final class Recorder extends Handler {
        private final SimpleFormatter formatter = new SimpleFormatter();

        @Override
        public void publish(LogRecord logged) {
            log.add(formatter.format(logged));
        }

        @Override
        public void flush() {
            // nothing is held back
        }

        @Override
        public void close() {
            // nothing is open
        }
    }
}
