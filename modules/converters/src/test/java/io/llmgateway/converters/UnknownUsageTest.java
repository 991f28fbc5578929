package io.llmgateway.converters;

import static io.llmgateway.converters.AnswerPrograms.delta;
import static io.llmgateway.converters.AnswerPrograms.finish;
import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.GEMINI;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A provider that does not count is counted for: an estimate, the same at the start and at the end, never zeros. */
class UnknownUsageTest {
    private static final String WORDS = "Hello there, how are you today?";
    private static final String GEMINI_ANSWER =
            "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"" + WORDS + "\"}]},\"finishReason\":\"STOP\"}]}";

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "none"})
    void anthropicStream_hasTheSameEstimateAtStartAndEnd(String zeros) {
        String usage = "0".equals(zeros)
                ? "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0,"
                        + "\"total_tokens\":0}}\n\n"
                : "";
        String openAi = delta("\"content\":\"" + WORDS + "\"") + usage + finish("stop");
        var streamed = "none".equals(zeros)
                ? Converting.between(ANTHROPIC, GEMINI).stream(
                        AnswerTables.request("anthropic", true), "data: " + GEMINI_ANSWER + "\n\n", 64)
                : Converting.between(ANTHROPIC, OPENAI).stream(AnswerTables.request("anthropic", true), openAi, 64);
        List<JsonNode> usages = streamed.out()
                .lines()
                .filter(line -> line.startsWith("data: ") && line.contains("\"usage\""))
                .map(line -> Loss.read(line.substring("data: ".length())))
                .toList();

        long atStart = usages.getFirst().at("/message/usage/input_tokens").asLong();
        assertThat(atStart).isPositive();
        assertThat(usages.getLast().at("/usage/input_tokens").asLong()).isEqualTo(atStart);
        assertThat(usages.getLast().at("/usage/output_tokens").asLong()).isEqualTo(8);
    }

    @Test
    void wholeAnswers_haveAnEstimate() {
        String openAi = "{\"choices\":[{\"message\":{\"content\":\"" + WORDS + "\"},\"finish_reason\":\"stop\"}]}";
        String anthropic = "{\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"" + WORDS
                + "\"}],\"stop_reason\":\"end_turn\"}";

        assertThat(Converting.between(ANTHROPIC, OPENAI).answer(AnswerTables.request("anthropic", false), openAi))
                .contains("\"output_tokens\":8")
                .doesNotContain("\"input_tokens\":0");
        assertThat(Converting.between(OPENAI, ANTHROPIC).answer(AnswerTables.request("openai", false), anthropic))
                .contains("\"completion_tokens\":8")
                .doesNotContain("\"prompt_tokens\":0");
        assertThat(Converting.between(OPENAI, GEMINI).answer(AnswerTables.request("openai", false), GEMINI_ANSWER))
                .contains("\"completion_tokens\":8")
                .doesNotContain("\"prompt_tokens\":0");
    }

    @Test
    void chatStream_thatAsksForUsage_getsAnEstimate() {
        String asked = AnswerTables.request("openai", true)
                .replace("\"stream\":true", "\"stream\":true,\"stream_options\":{\"include_usage\":true}");

        assertThat(Converting.between(OPENAI, GEMINI).stream(asked, "data: " + GEMINI_ANSWER + "\n\n", 64)
                        .out())
                .contains("\"completion_tokens\":8,")
                .doesNotContain("\"prompt_tokens\":0");
    }

    @Test
    void usageThatEndsEarly_isNotLessThanWhatWasSaid() {
        String stream = "data: {\"type\":\"message_start\",\"message\":{\"id\":\"1\",\"usage\":{\"input_tokens\":9,"
                + "\"output_tokens\":1}}}\n\n"
                + "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":"
                + "\"" + WORDS + "\"}}\n\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
                + "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n"
                + "data: {\"type\":\"message_stop\"}\n\n";
        String asked = AnswerTables.request("openai", true)
                .replace("\"stream\":true", "\"stream\":true,\"stream_options\":{\"include_usage\":true}");

        var streamed = Converting.between(OPENAI, ANTHROPIC).stream(asked, stream, 64);

        assertThat(streamed.out()).contains("\"prompt_tokens\":9,\"completion_tokens\":8");
        assertThat(streamed.translator().usageComplete()).isFalse();
    }

    @Test
    void providersOwnNumbers_areNotChanged() {
        assertThat(Converting.between(ANTHROPIC, OPENAI)
                        .answer(
                                AnswerTables.request("anthropic", false),
                                "{\"choices\":[{\"message\":{\"content\":\"" + WORDS
                                        + "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,"
                                        + "\"completion_tokens\":2,\"total_tokens\":5}}"))
                .contains("\"input_tokens\":3")
                .contains("\"output_tokens\":2");
    }
}
