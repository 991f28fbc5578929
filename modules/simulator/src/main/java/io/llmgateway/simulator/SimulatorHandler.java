package io.llmgateway.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.llmgateway.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes every request of the simulator: its own pages under {@code /sim/}, and the three protocols. Thread-safe. */
final class SimulatorHandler implements Handler {
    private final Journal journal;
    private final Dialect openai = new OpenAiDialect();
    private final Dialect anthropic = new AnthropicDialect();
    private final Dialect gemini = new GeminiDialect();

    SimulatorHandler(Journal journal) {
        this.journal = journal;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws IOException {
        RecordedRequest recorded = record(request);
        String path = request.prologue().uriPath().rawPath();
        if (path.startsWith("/sim/")) {
            own(path, recorded, response);
            return;
        }
        journal.record(recorded);
        Dialect dialect = dialect(path, recorded);
        if (dialect == null) {
            json(response, 404, openai.error(404, "", "Invalid URL (" + recorded.method() + " " + path + ")"));
        } else if ("GET".equals(recorded.method())) {
            json(response, 200, dialect.models());
        } else {
            answer(recorded, dialect, response);
        }
    }

    private @Nullable Dialect dialect(String path, RecordedRequest request) {
        boolean anthropicHeader = !request.header("anthropic-version").isEmpty();
        return switch (path) {
            case "/v1/chat/completions" -> openai;
            case "/v1/messages", "/v1/messages/count_tokens" -> anthropic;
            case "/v1/models" -> anthropicHeader ? anthropic : openai;
            default -> path.startsWith("/v1/models") || path.startsWith("/v1beta/models") ? gemini : null;
        };
    }

    private void answer(RecordedRequest recorded, Dialect dialect, ServerResponse response) throws IOException {
        JsonNode body;
        try {
            body = Json.mapper().readTree(recorded.body());
        } catch (IOException e) {
            json(response, 400, dialect.error(400, "", "We could not parse the JSON body of your request."));
            return;
        }
        String name = body.path("model").asText("");
        String scripted = journal.takeScript();
        Script script = Script.of(
                scripted != null ? scripted : name.isEmpty() ? GeminiDialect.model(recorded.pathAndQuery()) : name);
        try {
            SimulatedRequest ask = dialect.read(recorded, body);
            SimulatedClient peer = new SimulatedClient(PeerSelector.CURRENT.get(), journal);
            if (recorded.pathAndQuery().contains("ount")) {
                count(recorded, ask, response);
            } else {
                new Playback(journal, dialect, peer, response, ask, script).run();
            }
        } catch (Dialect.Refused e) {
            json(response, e.status(), dialect.error(e.status(), e.type(), e.text()));
        }
    }

    private static void count(RecordedRequest recorded, SimulatedRequest ask, ServerResponse response) {
        boolean isGemini = recorded.pathAndQuery().contains("countTokens");
        json(response, 200, "{\"" + (isGemini ? "totalTokens" : "input_tokens") + "\":" + ask.inputTokens() + "}");
    }

    private void own(String path, RecordedRequest request, ServerResponse response) throws IOException {
        switch (request.method() + " " + path) {
            case "GET /sim/requests" -> json(response, 200, requestsJson());
            case "DELETE /sim/requests" -> {
                journal.clear();
                json(response, 200, "{}");
            }
            case "GET /sim/streams" -> {
                Simulator.Streams streams = journal.streams();
                json(
                        response,
                        200,
                        "{\"open\":" + streams.open() + ",\"finished\":" + streams.finished() + ",\"aborted\":"
                                + streams.aborted() + "}");
            }
            case "POST /sim/next" -> {
                JsonNode body = Json.mapper().readTree(request.body());
                journal.script(
                        body.path("script").asText("echo"), body.path("count").asInt(1));
                json(response, 200, "{}");
            }
            default -> json(response, 404, "{}");
        }
    }

    private String requestsJson() {
        var all = Json.mapper().createArrayNode();
        for (RecordedRequest request : journal.requests()) {
            ObjectNode one = all.addObject();
            one.put("method", request.method());
            one.put("path", request.pathAndQuery());
            ObjectNode headers = one.putObject("headers");
            request.headers().forEach((name, values) -> values.forEach(headers.putArray(name)::add));
            one.put("body", request.bodyText());
        }
        return all.toString();
    }

    private static RecordedRequest record(ServerRequest request) throws IOException {
        Map<String, List<String>> headers = new HashMap<>();
        request.headers()
                .forEach(
                        header -> headers.put(header.name().toLowerCase(Locale.ROOT), List.copyOf(header.allValues())));
        byte[] body =
                request.content().hasEntity() ? request.content().inputStream().readAllBytes() : new byte[0];
        String query = request.query().rawValue();
        String path = request.prologue().uriPath().rawPath();
        return new RecordedRequest(
                request.prologue().method().text(), query.isEmpty() ? path : path + "?" + query, headers, body);
    }

    static void json(ServerResponse response, int status, String body) {
        response.status(Status.create(status));
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        response.send(body.getBytes(StandardCharsets.UTF_8));
    }
}
