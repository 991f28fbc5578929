package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.llmgateway.testing.Eventually;
import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Providers that answer with one document where a stream was asked for, and with a stream where it was not. */
class OtherKindTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PAIRS = """
            /v1/chat/completions, openai
            /v1/chat/completions, anthropic
            /v1/chat/completions, gemini
            /v1/messages, openai
            /v1/messages, anthropic
            /v1/messages, gemini""";

    @TempDir
    private Path folder;

    private ScriptedGateway gateway(String type, ScriptedUpstream.Script script) throws IOException {
        return ScriptedGateway.start("""
                server: {port: 0}
                logging: {file: "%s"}
                providers:
                  p: {type: %s, retries: {max-attempts: 1}, instances: [{name: one, base-url: "%%1$s"}]}
                routing: {default-provider: p}
                """.formatted(folder.resolve("gateway.log"), type), script);
    }

    private JsonNode line(ScriptedGateway gateway) throws IOException {
        gateway.close();
        List<String> lines = Files.readAllLines(folder.resolve("gateway.log"));
        assertThat(lines).hasSize(1);
        return JSON.readTree(lines.getFirst());
    }

    /** What stands in the request line when no stream, or one, is asked for. */
    private static String whole(ScriptedUpstream.Call call) {
        return call.line().replace(":streamGenerateContent", ":generateContent");
    }

    private static String streamed(ScriptedUpstream.Call call) {
        return call.line().replace(":generateContent", ":streamGenerateContent");
    }

    private static String request(String path, boolean stream) {
        String body = ScriptedGateway.request("m", stream);
        return stream && path.contains("chat")
                ? body.replace("\"stream\":true", "\"stream\":true,\"stream_options\":{\"include_usage\":true}")
                : body;
    }

    private static void isStream(String path, String body) throws IOException {
        StringBuilder text = new StringBuilder();
        JsonNode usage = null;
        for (String event : body.split("\n\n", -1)) {
            String data = event.substring(Math.min(event.length(), event.indexOf("data:") + 5));
            if (event.contains("data:") && !data.strip().equals("[DONE]")) {
                JsonNode json = JSON.readTree(data);
                text.append(json.path("choices")
                        .path(0)
                        .path("delta")
                        .path("content")
                        .asText(""));
                text.append(json.path("delta").path("text").asText(""));
                usage = json.path("usage").isObject() ? json.path("usage") : usage;
            }
        }
        assertThat(text).hasToString("ok");
        assertThat(usage).isNotNull();
        assertThat(usage.path(path.contains("chat") ? "completion_tokens" : "output_tokens")
                        .asInt())
                .isEqualTo(3);
        if (path.contains("chat")) {
            assertThat(body).endsWith("data: [DONE]\n\n").contains("\"finish_reason\":\"stop\"");
        } else {
            assertThat(body).startsWith("event: message_start\n").contains("\"input_tokens\":7");
            assertThat(body).endsWith("data: {\"type\":\"message_stop\"}\n\n").contains("\"end_turn\"");
        }
    }

    /** The output tokens counted for the test's provider by all gateways of this process. */
    private static double outputTokens(ScriptedGateway gateway) throws IOException {
        return gateway.admin("/metrics")
                .lines()
                .filter(line -> line.startsWith("gateway_tokens_total{")
                        && line.contains("provider=\"p\"")
                        && line.contains("kind=\"output\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private void isRight(ScriptedGateway gateway, double before) throws Exception {
        Eventually.within(10, () -> outputTokens(gateway) - before == 3);
        JsonNode line = line(gateway);
        assertThat(line.path("outcome").asText()).isEqualTo("ok");
        assertThat(line.path("input_tokens").asInt()).isEqualTo(7);
        assertThat(line.path("output_tokens").asInt()).isEqualTo(3);
        assertThat(line.path("estimated").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(textBlock = PAIRS)
    void documentInsteadOfAStream_isToldAsAStream(String path, String type) throws Exception {
        try (ScriptedGateway gateway = gateway(
                type, call -> call.write(ProviderAnswers.json(200, ProviderAnswers.whole(whole(call), "ok"))))) {
            double before = outputTokens(gateway);
            try (RawClient client = gateway.send(path, request(path, true))) {
                RawClient.Response answer = client.read();

                assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                assertThat(answer.headers().get("content-type")).startsWith("text/event-stream");
                isStream(path, answer.body());
                isRight(gateway, before);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = PAIRS)
    void documentUnderTheTypeOfAStream_thatDoesNotEnd_isToldAsAStream(String path, String type) throws Exception {
        try (ScriptedGateway gateway = gateway(type, call -> {
                    call.write(ProviderAnswers.STREAM_HEAD);
                    // as proxies keep a connection, and as documents are printed
                    call.chunk("\n  \n");
                    String whole = JSON.readTree(ProviderAnswers.whole(whole(call), "ok"))
                            .toPrettyString();
                    call.chunk(whole.substring(0, 30));
                    call.chunk(whole.substring(30));
                    call.awaitGone();
                });
                RawClient client = gateway.send(path, request(path, true))) {
            RawClient.Response answer = client.read();

            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            isStream(path, answer.body());
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = PAIRS)
    void streamInsteadOfADocument_isToldWhole(String path, String type) throws Exception {
        try (ScriptedGateway gateway = gateway(type, call -> {
            call.write(ProviderAnswers.STREAM_HEAD);
            String events = ProviderAnswers.events(streamed(call));
            call.chunk(events.substring(0, 3));
            call.chunk(events.substring(3));
            call.write(ProviderAnswers.LAST_CHUNK);
        })) {
            double before = outputTokens(gateway);
            try (RawClient client = gateway.send(path, request(path, false))) {
                RawClient.Response answer = client.read();

                assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                assertThat(answer.headers().get("content-type")).startsWith("application/json");
                JsonNode json = JSON.readTree(answer.body());
                if (path.contains("chat")) {
                    assertThat(json.path("object").asText()).isEqualTo("chat.completion");
                    assertThat(json.at("/choices/0/message/content").asText()).isEqualTo("ok");
                    assertThat(json.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
                    assertThat(json.at("/usage/completion_tokens").asInt()).isEqualTo(3);
                } else {
                    assertThat(json.path("type").asText()).isEqualTo("message");
                    assertThat(json.at("/content/0/text").asText()).isEqualTo("ok");
                    assertThat(json.path("stop_reason").asText()).isEqualTo("end_turn");
                    assertThat(json.at("/usage/output_tokens").asInt()).isEqualTo(3);
                }
                isRight(gateway, before);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions, openai, false",
        "/v1/messages, anthropic, false",
        "/v1/chat/completions, anthropic, true",
        "/v1/messages, openai, true"
    })
    void errorOfTheOtherKind_isThatError(String path, String type, boolean stream) throws Exception {
        String error = "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"no such tool\"}}";
        try (ScriptedGateway gateway = gateway(type, call -> {
                    call.write(ProviderAnswers.STREAM_HEAD);
                    call.chunk(stream ? error : "data: " + error + "\n\n");
                    call.write(ProviderAnswers.LAST_CHUNK);
                });
                RawClient client = gateway.send(path, request(path, stream))) {
            RawClient.Response answer = client.read();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("no such tool");
        }
    }

    @ParameterizedTest
    @CsvSource({"/v1/chat/completions, openai", "/v1/messages, openai", "/v1/messages, anthropic"})
    void streamThatIsCut_isNoAnswer(String path, String type) throws Exception {
        try (ScriptedGateway gateway = gateway(type, call -> {
                    call.write(ProviderAnswers.STREAM_HEAD);
                    String events = ProviderAnswers.events(call.line());
                    call.chunk(events.substring(0, events.indexOf("ok") + 20));
                    call.write(ProviderAnswers.LAST_CHUNK);
                });
                RawClient client = gateway.send(path, request(path, false))) {
            RawClient.Response answer = client.read();

            assertThat(answer.status()).as(answer.body()).isEqualTo(502);
            assertThat(answer.headers().get("content-type")).startsWith("application/json");
        }
    }

    @Test
    void streamInsteadOfADocument_isBoundedByTheMemoryBudget() throws Exception {
        try (ScriptedGateway gateway = ScriptedGateway.start(
                        """
                        server: {port: 0, memory: {budget: 16MiB}}
                        providers:
                          p: {type: openai, retries: {max-attempts: 1}, instances: [{name: one, base-url: "%1$s"}]}
                        routing: {default-provider: p}
                        """,
                        call -> {
                            call.write(ProviderAnswers.STREAM_HEAD);
                            String much = ProviderAnswers.openAiDelta("x".repeat(50_000));
                            for (int i = 0; i < 2_000; i++) {
                                call.chunk(much);
                            }
                            call.write(ProviderAnswers.LAST_CHUNK);
                        });
                RawClient client = gateway.send(ScriptedGateway.CHAT, request(ScriptedGateway.CHAT, false))) {
            RawClient.Response answer = client.read();

            assertThat(answer.status()).as(answer.body()).isEqualTo(503);
            assertThat(answer.body()).contains("memory");
        }
    }
}
