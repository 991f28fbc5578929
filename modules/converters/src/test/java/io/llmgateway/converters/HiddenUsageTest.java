package io.llmgateway.converters;

import static io.llmgateway.converters.AnswerPrograms.chunk;
import static io.llmgateway.converters.AnswerPrograms.delta;
import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.StreamTranslator.Step;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Usage that the gateway asked for and the client did not is hidden, and nothing else with it. */
class HiddenUsageTest {
    private static final String CHAT =
            "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    private static final String USAGE = "\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":7,\"total_tokens\":18}";
    private static final String HEAD = delta("\"content\":\"Hi\"");
    private static final String FINISH = chunk("\"delta\":{},\"finish_reason\":\"stop\"");
    private static final String DONE = "data: [DONE]\n\n";

    private static Converting.Streamed relayed(String stream) {
        return Converting.between(OPENAI, OPENAI).stream(CHAT, stream, 64);
    }

    private static List<JsonNode> chunks(Converting.Streamed streamed) {
        return streamed.out()
                .lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> Loss.read(line.substring("data: ".length())))
                .toList();
    }

    private static String hidden(String choices, String more) {
        return "data: {\"id\":\"1\",\"choices\":[" + choices + "]," + USAGE + more + "}\n\n";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "timings|{\"predicted_per_second\":71.5}",
                "system_fingerprint|\"fp_1\"",
                "service_tier|\"default\"",
                "citations|[\"https://a.example\"]"
            })
    void whatStandsBesideHiddenUsage_isOnTheChunkWithTheFinishReason(String field, String value) {
        var streamed = relayed(HEAD + FINISH + hidden("", ",\"" + field + "\":" + value) + DONE);

        List<JsonNode> chunks = chunks(streamed);
        assertThat(chunks).hasSize(2);
        assertThat(chunks.getLast().path(field).toString()).isEqualTo(value);
        assertThat(chunks.getLast().at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(streamed.out()).doesNotContain("\"usage\"").endsWith(DONE);
        assertThat(streamed.translator().usage()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"index\":0,\"delta\":{}}",
                "{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":null}",
                "{\"index\":0,\"delta\":{\"content\":null},\"logprobs\":null,\"finish_reason\":\"\"}"
            })
    void chunkWithNothingButHiddenUsage_isHiddenWhole(String choices) {
        var streamed = relayed(HEAD + FINISH + hidden(choices, ",\"system_fingerprint\":null") + DONE);

        assertThat(streamed.out()).isEqualTo(HEAD + FINISH + DONE);
        assertThat(streamed.translator().usage().output()).isEqualTo(7);
    }

    @Test
    void usageBesideContent_hidesNoContent() {
        String word = "{\"index\":0,\"delta\":{\"content\":\"word\"},\"finish_reason\":null}";
        String role = "{\"index\":0,\"delta\":{\"role\":\"assistant\"},\"finish_reason\":null}";
        String end = "{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}";

        var streamed = relayed(hidden(role, "") + hidden(word, "") + hidden(end, ",\"timings\":{\"a\":1}") + DONE);

        assertThat(chunks(streamed)).hasSize(3);
        assertThat(streamed.out()).contains("word").contains("timings").doesNotContain("\"usage\"");
    }

    @Test
    void finishThatNoUsageFollows_isNotKept() {
        assertThat(relayed(HEAD + FINISH + DONE).out()).isEqualTo(HEAD + FINISH + DONE);
        assertThat(relayed(HEAD + FINISH).out()).isEqualTo(HEAD + FINISH + DONE);
        assertThat(relayed(HEAD + FINISH + ": comment\n\n" + DONE).out()).contains(FINISH);
        assertThat(relayed(HEAD + FINISH + "data: {\"error\":{\"message\":\"x\"}}\n\n")
                        .out())
                .contains(FINISH);
    }

    @Test
    void severalAnswers_keepTheirFinishes() {
        String second =
                "data: {\"id\":\"1\",\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n";

        var streamed = relayed(HEAD + FINISH + second + hidden("", ",\"timings\":{\"a\":1}") + DONE);

        assertThat(streamed.out()).startsWith(HEAD + FINISH);
        assertThat(chunks(streamed).getLast().at("/choices/0/index").asInt()).isEqualTo(1);
        assertThat(chunks(streamed).getLast().at("/timings/a").asInt()).isEqualTo(1);
    }

    @Test
    void usageThatTheClientAskedFor_isRelayedByteForByte() {
        String asked = CHAT.replace("\"stream\":true", "\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        String stream = HEAD + FINISH + hidden("", ",\"timings\":{\"a\":1}") + DONE;

        assertThat(Converting.between(OPENAI, OPENAI).stream(asked, stream, 64).out())
                .isEqualTo(stream);
    }

    @Test
    void errorFieldOfAStream_isAnErrorToEveryClient() {
        String error = "error: {\"code\":400,\"message\":\"exceeds the available context size\"}\n\n";
        String early = delta("\"role\":\"assistant\",\"content\":null");
        for (var client : List.of(OPENAI, ANTHROPIC)) {
            for (var upstream : List.of(OPENAI, ANTHROPIC)) {
                String request = AnswerTables.request(client == OPENAI ? "openai" : "anthropic", true);
                var streamed = Converting.between(client, upstream).stream(
                        request, (upstream == OPENAI ? early : "") + error + DONE, 64);

                assertThat(streamed.steps()).doesNotContain(Step.CONTENT).endsWith(Step.ERROR);
                assertThat(new String(streamed.translator().errorBody(), StandardCharsets.UTF_8))
                        .isEqualTo("{\"error\":{\"code\":400,\"message\":\"exceeds the available context size\"}}");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"text\",\"text\":\"\"}|OPENING",
                "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}|OPENING",
                "{\"type\":\"text\",\"text\":\"Hi\"}|CONTENT",
                "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{}}|CONTENT",
                "{\"type\":\"redacted_thinking\",\"data\":\"d\"}|CONTENT"
            })
    void emptyBlockOfARelayedStream_isNoContent(String block, Step step) {
        String start = "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
                + "\"content_block\":" + block + "}\n\n";

        assertThat(Converting.between(ANTHROPIC, ANTHROPIC).stream(AnswerTables.request("anthropic", true), start, 64)
                        .steps())
                .containsExactly(step);
    }

    @Test
    void errorInAnotherProtocolsShape_isAnError() {
        String error = "{\"error\":{\"message\":\"no\",\"type\":\"x\"}}";
        var streamed = Converting.between(ANTHROPIC, ANTHROPIC).stream(
                AnswerTables.request("anthropic", true), "data: " + error + "\n\n", 64);

        assertThat(streamed.steps()).containsExactly(Step.ERROR);
        assertThat(Converting.between(ANTHROPIC, ANTHROPIC).answer(AnswerTables.request("anthropic", false), error))
                .startsWith("ERROR");
        assertThat(Converting.between(OPENAI, ANTHROPIC).answer(AnswerTables.request("openai", false), error))
                .startsWith("ERROR");
    }
}
