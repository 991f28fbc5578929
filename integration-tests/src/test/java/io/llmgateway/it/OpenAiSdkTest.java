package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.PermissionDeniedException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** OpenAI's official Java SDK through the gateway. */
class OpenAiSdkTest {
    private static RunningGateway gateway;
    private static OpenAIClient client;

    @BeforeAll
    static void start() {
        gateway = RunningGateway.start();
        client = client(RunningGateway.KEY);
    }

    @AfterAll
    static void stop() {
        client.close();
        gateway.close();
    }

    private static OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(gateway.url() + "/v1")
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    private static ChatCompletionCreateParams.Builder ask(String model, String text) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage(text);
    }

    private static ChatCompletion streamed(ChatCompletionCreateParams params) {
        ChatCompletionAccumulator all = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(params)) {
            stream.stream().forEach(all::accumulate);
        }
        return all.chatCompletion();
    }

    private static String text(ChatCompletion completion) {
        return completion.choices().getFirst().message().content().orElse("");
    }

    private static ChatCompletionFunctionTool weather() {
        return ChatCompletionFunctionTool.builder()
                .function(FunctionDefinition.builder()
                        .name("get_weather")
                        .parameters(FunctionParameters.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty(
                                        "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                                .build())
                        .build())
                .build();
    }

    @Test
    void whole_answersWithUsage() {
        ChatCompletion completion = client.chat()
                .completions()
                .create(ask("gpt-5-mini", "Grüße, 世界 👋").build());

        assertThat(text(completion)).isEqualTo("Grüße, 世界 👋");
        assertThat(completion.usage()).isPresent();
    }

    @Test
    void streamed_accumulatesToTheSameText() {
        ChatCompletion completion = streamed(ask("gpt-5-mini", "Grüße, 世界 👋").build());

        assertThat(text(completion)).isEqualTo("Grüße, 世界 👋");
        assertThat(completion.usage()).isEmpty();
    }

    @Test
    void streamed_usageAskedFor_isThere() {
        ChatCompletion completion = streamed(ask("gpt-5-mini", "Hello")
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build());

        assertThat(completion.usage()).isPresent();
    }

    @Test
    void alias_reachesItsTarget() {
        ChatCompletion completion =
                client.chat().completions().create(ask("fast", "Hello").build());

        assertThat(completion.model()).isEqualTo("gpt-5-mini");
    }

    @Test
    void toolCalls_wholeAndStreamed() {
        ChatCompletionCreateParams params =
                ask("sim/tool-calls-3", "use them").addTool(weather()).build();

        for (ChatCompletion completion :
                new ChatCompletion[] {client.chat().completions().create(params), streamed(params)}) {
            var calls = completion.choices().getFirst().message().toolCalls().orElseThrow();
            assertThat(calls).hasSize(3);
            assertThat(calls.getFirst().asFunction().function().name()).isEqualTo("get_weather");
            assertThat(calls.getFirst().asFunction().function().arguments()).isEqualTo("{\"city\":\"Oslo\"}");
        }
    }

    @Test
    void longHistory_of100KB_goesThrough() {
        ChatCompletionCreateParams.Builder params =
                ChatCompletionCreateParams.builder().model("gpt-5-mini");
        for (int i = 0; i < 100; i++) {
            params.addUserMessage("question " + i + " " + "x".repeat(500));
            params.addAssistantMessage("answer " + i + " " + "y".repeat(500));
        }
        params.addUserMessage("the last one");

        assertThat(text(client.chat().completions().create(params.build()))).isEqualTo("the last one");
        assertThat(text(streamed(params.build()))).isEqualTo("the last one");
    }

    @Test
    void errors_areTheSdksOwn() {
        assertThatThrownBy(() -> client("wrong-key-0123456789abcdef")
                        .chat()
                        .completions()
                        .create(ask("gpt-5-mini", "x").build()))
                .isInstanceOf(UnauthorizedException.class);
        assertThatThrownBy(() -> client(RunningGateway.OTHER_KEY)
                        .chat()
                        .completions()
                        .create(ask("smart", "x").build()))
                .isInstanceOf(PermissionDeniedException.class);
        assertThatThrownBy(() ->
                        client.chat().completions().create(ask("unknown", "x").build()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("no route");
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(ask("bad\tmodel", "x").build()))
                .isInstanceOf(BadRequestException.class);
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(ask("sim/status-429-retry-after-3", "x").build()))
                .isInstanceOf(RateLimitException.class);
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(ask("sim/status-500", "x").build()))
                .isInstanceOf(InternalServerException.class);
        assertThatThrownBy(() -> streamed(ask("sim/error-event-first", "x").build()))
                .isInstanceOf(InternalServerException.class);
    }

    @Test
    void modelList_showsWhatTheKeyMayUse() {
        assertThat(client.models().list().data())
                .extracting(model -> model.id())
                .contains("gpt-5-mini", "fast", "smart");
        assertThat(client(RunningGateway.OTHER_KEY).models().list().data())
                .extracting(model -> model.id())
                .containsExactly("gpt-5-mini");
        assertThat(client.models().retrieve("fast").id()).isEqualTo("fast");
    }
}
