package io.llmgateway.converters;

import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.GEMINI;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.Protocol;
import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A provider that streams without end makes nothing grow without end: the answer is told, or given up clearly. */
class StreamGrowthTest {
    private static final int MANY = 200_000;

    private static Converting.Streamed stream(Protocol client, Protocol upstream, IntFunction<String> event) {
        String request = "{\"model\":\"m\",\"max_tokens\":9,\"stream\":true,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
                + (client == OPENAI
                        ? "\"tools\":[{\"type\":\"custom\",\"custom\":{\"name\":\"free\"}}]"
                        : "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000}")
                + "}";
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < MANY; i++) {
            all.append("data: ").append(event.apply(i)).append("\n\n");
        }
        StreamTranslator translator = Converting.between(client, upstream).begin(request).stream();
        return Converting.stream(translator, all.toString().getBytes(StandardCharsets.UTF_8), 64 * 1024);
    }

    private static void givenUp(Converting.Streamed streamed) {
        assertThat(streamed.steps().getLast()).isEqualTo(StreamTranslator.Step.MALFORMED);
        assertThat(streamed.steps().size()).isLessThan(MANY / 2);
        assertThat(streamed.translator().problem()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"OPENAI_CHAT", "ANTHROPIC_MESSAGES"})
    void callsWithoutEnd_areGivenUp(Protocol client) {
        givenUp(stream(
                client,
                GEMINI,
                i -> "{\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":{}}}]}}]}"));
        givenUp(stream(
                client,
                client == OPENAI ? ANTHROPIC : OPENAI,
                i -> client == OPENAI
                        ? "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\","
                                + "\"id\":\"c\","
                                + "\"name\":\"f\",\"input\":{}}}"
                        : "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":" + i
                                + ",\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}}]}"));
    }

    @Test
    void candidatesWithoutEnd_areGivenUp() {
        givenUp(stream(
                OPENAI,
                GEMINI,
                i -> "{\"candidates\":[{\"index\":" + i + ",\"content\":{\"parts\":[{\"text\":\"x\"}]}}]}"));
    }

    @Test
    void blocksThatNeverClose_areGivenUp() {
        givenUp(stream(
                OPENAI,
                ANTHROPIC,
                i -> "{\"type\":\"content_block_start\",\"index\":" + i
                        + ",\"content_block\":{\"type\":\"text\",\"text\":\"\"}}"));
    }

    @Test
    void freeTextOfACallWithoutEnd_isGivenUp() {
        String piece = "x".repeat(100);
        givenUp(stream(
                OPENAI,
                ANTHROPIC,
                i -> i == 0
                        ? "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\","
                                + "\"id\":\"c\","
                                + "\"name\":\"free\",\"input\":{}}}"
                        : "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\","
                                + "\"partial_json\":\"" + piece + "\"}}"));
    }

    @Test
    void argumentsWithoutANameOverManyCalls_areGivenUp() {
        String piece = "x".repeat(100);
        givenUp(stream(
                ANTHROPIC,
                OPENAI,
                i -> "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":" + i % 1_000
                        + ",\"function\":{\"arguments\":\"" + piece + "\"}}]}}]}"));
    }

    @ParameterizedTest
    @CsvSource({"thinking_delta,thinking", "signature_delta,signature"})
    void thoughtsWithoutEnd_areToldOneByOne(String type, String field) {
        Converting.Streamed streamed = stream(
                OPENAI,
                ANTHROPIC,
                i -> "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"" + type + "\",\"" + field
                        + "\":\"abcdefgh\"}}");

        assertThat(streamed.steps()).hasSize(MANY).doesNotContain(StreamTranslator.Step.ERROR);
    }
}
