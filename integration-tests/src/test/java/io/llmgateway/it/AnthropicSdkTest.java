package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.RateLimitException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.Tool;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Anthropic's official Java SDK through the gateway. */
class AnthropicSdkTest {
    private static RunningGateway gateway;
    private static AnthropicClient client;

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

    private static AnthropicClient client(String key) {
        return AnthropicOkHttpClient.builder()
                .baseUrl(gateway.url())
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    private static MessageCreateParams.Builder ask(String model, String text) {
        return MessageCreateParams.builder().model(model).maxTokens(64).addUserMessage(text);
    }

    private static Message streamed(MessageCreateParams params) {
        MessageAccumulator all = MessageAccumulator.create();
        try (StreamResponse<RawMessageStreamEvent> stream = client.messages().createStreaming(params)) {
            stream.stream().forEach(all::accumulate);
        }
        return all.message();
    }

    @Test
    void wholeAndStreamed_sayTheSame() {
        MessageCreateParams params = ask("claude-sonnet-4-5", "Grüße, 世界 👋").build();

        for (Message message : new Message[] {client.messages().create(params), streamed(params)}) {
            assertThat(message.content().getFirst().asText().text()).isEqualTo("Grüße, 世界 👋");
            assertThat(message.usage().outputTokens()).isPositive();
        }
    }

    @Test
    void toolUse_wholeAndStreamed() {
        MessageCreateParams params = ask("ant/tool-calls-3", "use them")
                .addTool(Tool.builder()
                        .name("get_weather")
                        .inputSchema(Tool.InputSchema.builder()
                                .properties(Tool.InputSchema.Properties.builder()
                                        .putAdditionalProperty("city", JsonValue.from(Map.of("type", "string")))
                                        .build())
                                .build())
                        .build())
                .build();

        for (Message message : new Message[] {client.messages().create(params), streamed(params)}) {
            var uses = message.content().stream()
                    .filter(block -> block.isToolUse())
                    .map(block -> block.asToolUse())
                    .toList();
            assertThat(uses).hasSize(3);
            assertThat(uses.getFirst().name()).isEqualTo("get_weather");
            assertThat(uses.getFirst()._input().toString()).contains("Oslo");
        }
    }

    @Test
    void thinking_keepsItsSignature() {
        Message message = streamed(ask("ant/thinking", "why").build());

        assertThat(message.content().getFirst().asThinking().signature()).isEqualTo("c2lnbmF0dXJl");
    }

    @Test
    void longHistory_of100KB_goesThrough() {
        MessageCreateParams.Builder params =
                MessageCreateParams.builder().model("smart").maxTokens(64);
        for (int i = 0; i < 100; i++) {
            params.addUserMessage("question " + i + " " + "x".repeat(500));
            params.addAssistantMessage("answer " + i + " " + "y".repeat(500));
        }
        params.addUserMessage("the last one");

        assertThat(streamed(params.build()).content().getFirst().asText().text())
                .isEqualTo("the last one");
    }

    @Test
    void errors_areTheSdksOwn() {
        assertThatThrownBy(() -> client("wrong-key-0123456789abcdef")
                        .messages()
                        .create(ask("claude-sonnet-4-5", "x").build()))
                .isInstanceOf(UnauthorizedException.class);
        assertThatThrownBy(() -> client.messages().create(ask("unknown", "x").build()))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> client.messages()
                        .create(ask("ant/status-429-retry-after-3", "x").build()))
                .isInstanceOf(RateLimitException.class);
    }
}
