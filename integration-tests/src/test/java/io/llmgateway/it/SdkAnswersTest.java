package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlock;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.OpenAIServiceException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The official Java SDKs read every answer that the test of the same name in {@code modules/converters} wrote, and see
 * in it what stands in the bytes.
 */
class SdkAnswersTest {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Map<String, JsonNode> ANSWERS = new LinkedHashMap<>();

    private static ScriptedUpstream server;
    private static OpenAIClient openai;
    private static AnthropicClient anthropic;

    /** What an SDK has read; null where it read nothing. */
    private record Seen(String text, List<String> calls, String stop, Long input, Long output) {
        boolean cut() {
            return "length".equals(stop) || "max_tokens".equals(stop);
        }

        /** Arguments that were cut are not compared: each SDK closes them in its own way. */
        Seen compared() {
            List<String> shown =
                    cut() ? calls.stream().map(call -> call.split(" ")[0]).toList() : calls;
            return new Seen(text, shown, stop, input, output);
        }
    }

    @BeforeAll
    static void start() throws IOException {
        Path file = Path.of(System.getProperty("root.dir"), "modules/converters/target/sdk-answers.jsonl");
        assertThat(file).as("written by the tests of modules/converters").exists();
        for (String line : Files.readAllLines(file)) {
            JsonNode answer = JSON.readTree(line);
            ANSWERS.put(answer.path("name").asText(), answer);
        }
        server = ScriptedUpstream.start(SdkAnswersTest::answer);
        openai = OpenAIOkHttpClient.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey("k")
                .maxRetries(0)
                .responseValidation(true)
                .build();
        anthropic = AnthropicOkHttpClient.builder()
                .baseUrl(server.url())
                .apiKey("k")
                .maxRetries(0)
                .responseValidation(true)
                .build();
    }

    @AfterAll
    static void stop() throws IOException {
        openai.close();
        anthropic.close();
        server.close();
    }

    private static void answer(ScriptedUpstream.Call call) throws IOException {
        JsonNode answer = ANSWERS.get(call.headers().get("x-answer"));
        int status = answer.path("status").asInt();
        boolean stream = answer.path("stream").asBoolean() && status == 200;
        String body = answer.path("body").asText();
        String head = "HTTP/1.1 " + status + " Any\r\nContent-Type: "
                + (stream ? "text/event-stream" : "application/json")
                + "\r\nContent-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n";
        call.write((head + body).getBytes(StandardCharsets.UTF_8));
    }

    private static Seen openAi(String name, boolean stream) {
        ChatCompletionCreateParams params = ChatCompletionCreateParams.builder()
                .model("m")
                .addUserMessage("hi")
                .putAdditionalHeader("x-answer", name)
                .build();
        ChatCompletion completion;
        if (stream) {
            ChatCompletionAccumulator all = ChatCompletionAccumulator.create();
            try (com.openai.core.http.StreamResponse<ChatCompletionChunk> chunks =
                    openai.chat().completions().createStreaming(params)) {
                chunks.stream().forEach(all::accumulate);
            }
            completion = all.chatCompletion();
        } else {
            completion = openai.chat().completions().create(params);
        }
        ChatCompletion.Choice choice = completion.choices().getFirst();
        List<String> calls = choice.message().toolCalls().orElse(List.of()).stream()
                .map(call -> call.asFunction())
                .map(call ->
                        call(call.id(), call.function().name(), call.function().arguments()))
                .toList();
        return new Seen(
                choice.message().content().orElse(""),
                calls,
                choice.finishReason().asString(),
                completion.usage().map(usage -> usage.promptTokens()).orElse(null),
                completion.usage().map(usage -> usage.completionTokens()).orElse(null));
    }

    private static Seen anthropic(String name, boolean stream) {
        MessageCreateParams params = MessageCreateParams.builder()
                .model("m")
                .maxTokens(4096)
                .addUserMessage("hi")
                .putAdditionalHeader("x-answer", name)
                .build();
        Message message;
        if (stream) {
            MessageAccumulator all = MessageAccumulator.create();
            try (StreamResponse<RawMessageStreamEvent> events =
                    anthropic.messages().createStreaming(params)) {
                events.stream().forEach(all::accumulate);
            }
            message = all.message();
        } else {
            message = anthropic.messages().create(params);
        }
        StringBuilder text = new StringBuilder();
        message.content().stream().flatMap(block -> block.text().stream()).forEach(block -> text.append(block.text()));
        List<String> calls = message.content().stream()
                .filter(ContentBlock::isToolUse)
                .map(ContentBlock::asToolUse)
                .map(call -> call(
                        call.id(),
                        call.name(),
                        call._input().convert(JsonNode.class).toString()))
                .toList();
        return new Seen(
                text.toString(),
                calls,
                message.stopReason().map(reason -> reason.asString()).orElse(null),
                message.usage().inputTokens(),
                message.usage().outputTokens());
    }

    private static String call(String id, String name, String arguments) {
        return id + " " + name + " " + json(arguments);
    }

    /** Without the spaces between its tokens; as it is when it is no JSON. */
    private static String json(String text) {
        try {
            return text.isEmpty() ? "{}" : JSON.readTree(text).toString();
        } catch (IOException e) {
            return "no JSON: " + text;
        }
    }

    private static Long number(JsonNode answer, String field) {
        return answer.has(field) ? Long.valueOf(answer.path(field).asLong()) : null;
    }

    private static void check(JsonNode answer) {
        String name = answer.path("name").asText();
        boolean stream = answer.path("stream").asBoolean();
        Seen seen;
        try {
            seen = "openai".equals(answer.path("client").asText()) ? openAi(name, stream) : anthropic(name, stream);
        } catch (OpenAIServiceException e) {
            failed(answer, e, e.statusCode(), e.body().toString());
            return;
        } catch (AnthropicServiceException e) {
            failed(answer, e, e.statusCode(), e.body().toString());
            return;
        }
        assertThat(answer.has("error")).as("an error that was not seen").isFalse();
        List<String> calls = new ArrayList<>();
        answer.path("calls")
                .forEach(call -> calls.add(call(
                        call.path("id").asText(),
                        call.path("name").asText(),
                        call.path("arguments").asText())));
        Seen sent = new Seen(
                answer.path("text").asText(),
                calls,
                answer.path("stop").asText(null),
                number(answer, "input"),
                number(answer, "output"));
        assertThat(seen.compared()).isEqualTo(sent.compared());
        if (!sent.cut()) {
            assertThat(String.join("\n", calls)).doesNotContain("no JSON: ");
        }
    }

    private static void failed(JsonNode answer, Exception error, int status, String body) {
        assertThat(answer.has("error")).as(error.toString()).isTrue();
        assertThat(body).contains(answer.path("error").asText());
        assertThat(status).isEqualTo(answer.path("status").asInt());
    }

    @Test
    void everyAnswer_isReadAsItStands() {
        List<String> failed = new ArrayList<>();
        for (JsonNode answer : ANSWERS.values()) {
            try {
                check(answer);
            } catch (RuntimeException | AssertionError e) {
                failed.add(answer.path("name").asText() + ": " + e);
            }
        }
        assertThat(ANSWERS).hasSizeGreaterThan(2_500);
        assertThat(failed.size())
                .as(failed.size() + " of " + ANSWERS.size() + ":\n" + String.join("\n", failed))
                .isZero();
    }
}
