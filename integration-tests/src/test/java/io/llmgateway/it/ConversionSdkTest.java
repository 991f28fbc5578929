package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.ThinkingConfigEnabled;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.UserMessageParam;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.RateLimitException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The official Java SDKs against providers of other protocols: conversation, tools, reasoning, errors. */
class ConversionSdkTest {
    private static RunningGateway gateway;
    private static OpenAIClient openai;
    private static AnthropicClient anthropic;

    @BeforeAll
    static void start() {
        gateway = RunningGateway.start();
        openai = OpenAIOkHttpClient.builder()
                .baseUrl(gateway.url() + "/v1")
                .apiKey(RunningGateway.KEY)
                .maxRetries(0)
                .build();
        anthropic = AnthropicOkHttpClient.builder()
                .baseUrl(gateway.url())
                .apiKey(RunningGateway.KEY)
                .maxRetries(0)
                .build();
    }

    @AfterAll
    static void stop() {
        openai.close();
        anthropic.close();
        gateway.close();
    }

    private static List<ChatCompletion> both(ChatCompletionCreateParams params) {
        ChatCompletionAccumulator all = ChatCompletionAccumulator.create();
        ChatCompletionCreateParams streamed = params.toBuilder()
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        try (com.openai.core.http.StreamResponse<ChatCompletionChunk> stream =
                openai.chat().completions().createStreaming(streamed)) {
            stream.stream().forEach(all::accumulate);
        }
        return List.of(openai.chat().completions().create(params), all.chatCompletion());
    }

    private static List<Message> both(MessageCreateParams params) {
        MessageAccumulator all = MessageAccumulator.create();
        try (StreamResponse<RawMessageStreamEvent> stream = anthropic.messages().createStreaming(params)) {
            stream.stream().forEach(all::accumulate);
        }
        return List.of(anthropic.messages().create(params), all.message());
    }

    private static ChatCompletionCreateParams.Builder chat(String model, String text) {
        return ChatCompletionCreateParams.builder()
                .model(model)
                .addSystemMessage("be brief")
                .addUserMessage(text);
    }

    private static MessageCreateParams.Builder message(String model, String text) {
        return MessageCreateParams.builder()
                .model(model)
                .maxTokens(2048)
                .system("be brief")
                .addUserMessage(text);
    }

    private static ChatCompletionFunctionTool weather() {
        return ChatCompletionFunctionTool.builder()
                .function(FunctionDefinition.builder()
                        .name("get_weather")
                        .parameters(FunctionParameters.builder()
                                .putAdditionalProperty("type", com.openai.core.JsonValue.from("object"))
                                .putAdditionalProperty(
                                        "properties",
                                        com.openai.core.JsonValue.from(Map.of("city", Map.of("type", "string"))))
                                .build())
                        .build())
                .build();
    }

    private static Tool weatherTool() {
        return Tool.builder()
                .name("get_weather")
                .inputSchema(Tool.InputSchema.builder()
                        .properties(Tool.InputSchema.Properties.builder()
                                .putAdditionalProperty("city", JsonValue.from(Map.of("type", "string")))
                                .build())
                        .build())
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ant/echo", "gem/echo", "gemini-2.5-flash", "claude-sonnet-4-5"})
    void openai_textAndUsage(String model) {
        for (ChatCompletion completion : both(chat(model, "Grüße, 世界 👋").build())) {
            assertThat(completion.choices().getFirst().message().content()).hasValue("Grüße, 世界 👋");
            assertThat(completion.usage().orElseThrow().promptTokens()).isPositive();
            assertThat(completion.usage().orElseThrow().completionTokens()).isPositive();
            assertThat(completion.model()).isEqualTo(model);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sim/echo", "gem/echo", "gpt-5-mini", "gemini-2.5-flash"})
    void anthropic_textAndUsage(String model) {
        for (Message message : both(message(model, "Grüße, 世界 👋").build())) {
            assertThat(message.content().getFirst().asText().text()).isEqualTo("Grüße, 世界 👋");
            assertThat(message.usage().inputTokens()).isPositive();
            assertThat(message.usage().outputTokens()).isPositive();
            assertThat(message.stopReason()).hasValue(StopReason.END_TURN);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ant/", "gem/"})
    void openai_toolLoop_withResultsInReverseOrder(String prefix) {
        ChatCompletionCreateParams first =
                chat(prefix + "tool-calls-3", "use them").addTool(weather()).build();
        for (ChatCompletion completion : both(first)) {
            var said = completion.choices().getFirst().message();
            var calls = said.toolCalls().orElseThrow();
            assertThat(calls).hasSize(3);
            assertThat(calls.getFirst().asFunction().function().name()).isEqualTo("get_weather");
            assertThat(calls.getFirst().asFunction().function().arguments()).isEqualTo("{\"city\":\"Oslo\"}");
            var next = first.toBuilder().model(prefix + "echo").addMessage(said);
            for (int i = 2; i >= 0; i--) {
                next.addMessage(ChatCompletionToolMessageParam.builder()
                        .toolCallId(calls.get(i).asFunction().id())
                        .content("rain " + i)
                        .build());
            }
            for (ChatCompletion answer : both(next.addUserMessage("and now?").build())) {
                assertThat(answer.choices().getFirst().message().content()).isPresent();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sim/", "gem/"})
    void anthropic_toolLoop_withThinking(String prefix) {
        MessageCreateParams first = message(prefix + "thinking+tool-calls-2", "use them")
                .thinking(ThinkingConfigEnabled.builder().budgetTokens(1024).build())
                .addTool(weatherTool())
                .build();
        for (Message message : both(first)) {
            assertThat(message.stopReason()).hasValue(StopReason.TOOL_USE);
            assertThat(message.content().getFirst().isThinking()).isTrue();
            List<ContentBlockParam> results = new ArrayList<>();
            message.content().stream()
                    .filter(block -> block.isToolUse())
                    .forEach(block -> results.add(ContentBlockParam.ofToolResult(ToolResultBlockParam.builder()
                            .toolUseId(block.asToolUse().id())
                            .content("rain")
                            .build())));
            assertThat(results).hasSize(2);
            MessageCreateParams next = first.toBuilder()
                    .model(prefix + "echo")
                    .addMessage(message)
                    .addMessage(UserMessageParam.builder()
                            .contentOfContentBlockParams(results)
                            .build())
                    .build();
            for (Message answer : both(next)) {
                assertThat(answer.content().getFirst().isText()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ant/", "gem/"})
    void openai_errorsKeepTheirClass(String prefix) {
        assertThatThrownBy(() -> openai.chat()
                        .completions()
                        .create(chat(prefix + "status-429-retry-after-3", "x").build()))
                .isInstanceOf(RateLimitException.class);
        assertThatThrownBy(() -> openai.chat()
                        .completions()
                        .create(chat(prefix + "status-500", "x").build()))
                .isInstanceOf(InternalServerException.class);
        assertThatThrownBy(() -> openai.chat()
                        .completions()
                        .create(chat(prefix + "context-length", "x").build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("maximum context length");
        assertThatThrownBy(() -> both(chat(prefix + "error-event-first", "x").build()))
                .isInstanceOf(InternalServerException.class);
        assertThatThrownBy(() -> both(chat(prefix + "eof-after-3-events", "one two three four five")
                        .build()))
                .hasMessageContaining("stream");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sim/", "gem/"})
    void anthropic_errorsKeepTheirClass(String prefix) {
        assertThatThrownBy(() -> anthropic
                        .messages()
                        .create(message(prefix + "status-429-retry-after-3", "x")
                                .build()))
                .isInstanceOf(com.anthropic.errors.RateLimitException.class);
        assertThatThrownBy(() -> anthropic
                        .messages()
                        .create(message(prefix + "context-length", "x").build()))
                .isInstanceOf(com.anthropic.errors.BadRequestException.class)
                .hasMessageContaining("prompt is too long");
        assertThatThrownBy(() -> both(message(prefix + "error-event-after-3", "one two three four five")
                        .build()))
                .hasMessageContaining("overload");
    }

    @ParameterizedTest
    @ValueSource(strings = {"claude-sonnet-4-5", "gpt-5-mini", "gemini-2.5-flash"})
    void countTokens_answersForEveryProvider(String model) {
        long tokens = anthropic
                .messages()
                .countTokens(MessageCountTokensParams.builder()
                        .model(model)
                        .addUserMessage("How many tokens are these words?")
                        .build())
                .inputTokens();

        assertThat(tokens).isBetween(5L, 100L);
    }
}
