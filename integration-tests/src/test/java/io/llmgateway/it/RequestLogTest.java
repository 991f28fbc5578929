package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every request leaves one line that says what became of it, and never what was said unless its key wants that. */
class RequestLogTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String MESSAGES = "/v1/messages";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private RunningGateway gateway;

    @BeforeEach
    void start() throws IOException {
        Simulator simulator = Simulator.start(SimulatorOptions.defaults());
        Path file = folder.resolve("gateway.yaml");
        Files.writeString(file, """
                server: {port: 0}
                admin: {port: 0}
                logging: {file: gateway.log, body-limit: 200B}
                keys:
                  - {name: test, key: {env: CLIENT_KEY}, group: search}
                  - {name: talkative, key: {env: OTHER_KEY}, log-bodies: true}
                groups: [{name: search}]
                providers:
                  openai:
                    type: openai
                    instances:
                      - {name: dead, base-url: "http://127.0.0.1:1/v1", priority: 1}
                      - {name: openai-a, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}, priority: 2}
                  anthropic:
                    type: anthropic
                    instances: [{name: anthropic-a, base-url: "%1$s", api-key: {env: PROVIDER_KEY}}]
                routing:
                  rules: {"sim/*": openai, "gpt-": openai, "ant/*": anthropic}
                  models: {fast: {targets: [{provider: openai, model: gpt-5-mini}]}}
                """.formatted(simulator.baseUri()));
        gateway = RunningGateway.reloadable(file, simulator);
    }

    @AfterEach
    void stop() {
        gateway.close();
        http.close();
    }

    private HttpResponse<String> ask(String path, String key, String body, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(gateway.url() + path))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::header);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String body(String model, boolean stream, String text) {
        return "{\"model\":\"" + model + "\",\"max_tokens\":64,\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}";
    }

    /** Ends the gateway and reads what it wrote. */
    private List<JsonNode> lines() throws IOException {
        gateway.close();
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("gateway.log"))) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    @Test
    void servedRequest_leavesALineWithAllThatIsKnown() throws Exception {
        HttpResponse<String> answer = ask(
                CHAT,
                RunningGateway.KEY,
                body("fast", true, "hello"),
                Map.of("x-session-id", "chat-7", "x-client-request-id", "mine-1"));

        JsonNode line = lines().getFirst();
        assertThat(line.path("type").asText()).isEqualTo("request");
        assertThat(line.path("request_id").asText())
                .isEqualTo(answer.headers().firstValue("x-request-id").orElseThrow());
        assertThat(line.path("session").asText()).isEqualTo("chat-7");
        assertThat(line.path("client_request_id").asText()).isEqualTo("mine-1");
        assertThat(line.path("key").asText()).isEqualTo("test");
        assertThat(line.path("group").asText()).isEqualTo("search");
        assertThat(line.path("model").asText()).isEqualTo("fast");
        assertThat(line.path("model_served").asText()).isEqualTo("gpt-5-mini");
        assertThat(line.path("instance").asText()).isEqualTo("openai-a");
        assertThat(line.path("stream").asBoolean()).isTrue();
        assertThat(line.path("status").asInt()).isEqualTo(200);
        assertThat(line.path("outcome").asText()).isEqualTo("ok");
        assertThat(line.path("input_tokens").asInt()).isPositive();
        assertThat(line.path("output_tokens").asInt()).isPositive();
        assertThat(line.path("cost").asDouble()).isPositive();
        assertThat(line.path("attempts")).hasSize(2);
        assertThat(line.path("attempts").get(0).path("outcome").asText()).isEqualTo("upstream_connect");
        assertThat(line.path("attempts").get(1).path("outcome").asText()).isEqualTo("ok");
        assertThat(line.path("duration_ms").asDouble())
                .isGreaterThanOrEqualTo(line.path("first_token_ms").asDouble());
        assertThat(line.path("overhead_ms").asDouble())
                .isPositive()
                .isLessThan(line.path("duration_ms").asDouble());
        assertThat(line.has("request_body")).isFalse();
    }

    @Test
    void failedRequests_areLoggedWithTheirEndAndStatus() throws Exception {
        ask(CHAT, "wrong-key-0123456789", body("fast", false, "x"), Map.of());
        ask(CHAT, RunningGateway.KEY, "{", Map.of());
        ask(CHAT, RunningGateway.KEY, body("nowhere", false, "x"), Map.of());
        ask(MESSAGES, RunningGateway.KEY, body("ant/status-529", false, "x"), Map.of());
        // the error is said in the stream, which then ends as it should
        ask(MESSAGES, RunningGateway.KEY, body("ant/cut-after-5-events", true, "x"), Map.of());
        http.send(
                HttpRequest.newBuilder(URI.create(gateway.url() + CHAT)).build(), HttpResponse.BodyHandlers.ofString());

        assertThat(lines())
                .extracting(line -> line.path("outcome").asText() + " "
                        + line.path("status").asInt())
                .containsExactly(
                        "authentication 401",
                        "bad_request 400",
                        "model_not_found 404",
                        "upstream_overloaded 529",
                        "upstream_reset 200",
                        "method_not_allowed 405");
    }

    @Test
    void bodies_areLoggedForTheKeyThatWantsThem_upToTheLimit() throws Exception {
        String longText = "y".repeat(1_000);
        ask(CHAT, RunningGateway.OTHER_KEY, body("fast", false, "whole canary sk-abcdefgh1234"), Map.of());
        ask(CHAT, RunningGateway.OTHER_KEY, body("fast", true, longText), Map.of());
        ask(CHAT, RunningGateway.OTHER_KEY, body("nowhere", false, "unrouted canary"), Map.of());
        ask(CHAT, RunningGateway.KEY, body("fast", false, "silent canary"), Map.of());

        List<JsonNode> lines = lines();
        JsonNode whole = lines.get(0);
        assertThat(whole.path("request_body").asText()).isEqualTo(body("fast", false, "whole canary sk-***"));
        assertThat(whole.path("response_body").asText()).startsWith("{").hasSizeLessThanOrEqualTo(200);
        assertThat(whole.path("response_bytes").asInt()).isGreaterThan(200);
        JsonNode stream = lines.get(1);
        assertThat(stream.path("request_body").asText())
                .isEqualTo(body("fast", true, longText).substring(0, 200));
        assertThat(stream.path("request_bytes").asInt())
                .isEqualTo(body("fast", true, longText).length());
        assertThat(stream.path("response_body").asText()).startsWith("data: {").hasSize(200);
        assertThat(lines.get(2).path("request_body").asText()).contains("unrouted canary");
        assertThat(lines.get(2).path("response_body").asText()).contains("nowhere");
        assertThat(lines.get(3).toString()).doesNotContain("canary");
    }

    @Test
    void reload_changesWhatIsLogged() throws Exception {
        Path config = folder.resolve("gateway.yaml");
        ask(CHAT, RunningGateway.KEY, body("fast", false, "x"), Map.of());
        Path log = folder.resolve("gateway.log");
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (Files.notExists(log) || Files.readString(log).isEmpty()) {
            // what waits for the writer is written as the settings of that moment say
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
        }
        Files.writeString(
                config,
                Files.readString(config)
                        .replace(
                                "{file: gateway.log, body-limit: 200B}",
                                "{file: gateway.log, requests: failed, format: text}"));
        assertThat(gateway.gateway().reload("test").orElseThrow().taken()).isTrue();
        ask(MESSAGES, RunningGateway.KEY, body("ant/echo", false, "x"), Map.of());
        ask(MESSAGES, RunningGateway.KEY, body("ant/status-401", false, "x"), Map.of());
        gateway.close();

        List<String> lines = Files.readAllLines(folder.resolve("gateway.log"));
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).startsWith("{");
        assertThat(lines.getLast())
                .matches("\\S+Z WARN  request req_\\S+ messages key=test model=ant/status-401 .*"
                        + "end=upstream_authentication.*");
    }
}
