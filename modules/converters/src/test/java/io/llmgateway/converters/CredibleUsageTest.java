package io.llmgateway.converters;

import static io.llmgateway.converters.AnswerPrograms.delta;
import static io.llmgateway.converters.AnswerPrograms.finish;
import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.GEMINI;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.Protocol;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.OutBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Counters that cannot be true beside what was said count as none: whole, streamed, relayed, converted. */
class CredibleUsageTest {
    private static final String WORDS = "Hello there, how are you today?";

    private static boolean whole(Protocol client, Protocol upstream, String answer) {
        AnswerTranslator translator = Converting.between(client, upstream)
                .begin(AnswerTables.request(client == OPENAI ? "openai" : "anthropic", false))
                .answer();
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        OutBuffer out = new OutBuffer(64);
        translator.translate(bytes, 0, bytes.length, out);
        assertThat(translator.finish(out)).isEqualTo(AnswerTranslator.Verdict.COMPLETE);
        return translator.usageComplete();
    }

    private static boolean streamed(Protocol client, Protocol upstream, String stream) {
        var streamed = Converting.between(client, upstream).stream(
                AnswerTables.request(client == OPENAI ? "openai" : "anthropic", true), stream, 64);
        assertThat(streamed.finished()).isTrue();
        return streamed.translator().usageComplete();
    }

    private static String openAi(String message, String usage) {
        return "{\"choices\":[{\"message\":{\"role\":\"assistant\"," + message + "},\"finish_reason\":\"stop\"}],"
                + "\"usage\":" + usage + "}";
    }

    private static String anthropic(String content, String usage) {
        return "{\"type\":\"message\",\"role\":\"assistant\",\"content\":[" + content
                + "],\"stop_reason\":\"end_turn\",\"usage\":" + usage + "}";
    }

    private static String gemini(String text, String usage) {
        return "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"" + text + "\"}]},\"finishReason\":\"STOP\"}],"
                + "\"usageMetadata\":" + usage + "}";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"prompt_tokens":0,"completion_tokens":0,"total_tokens":0} | false
            {"prompt_tokens":-1,"completion_tokens":-1} | false
            {"prompt_tokens":null,"completion_tokens":null} | false
            {"prompt_tokens":"5","completion_tokens":"7"} | false
            {"total_tokens":12} | false
            {"prompt_tokens":5,"completion_tokens":0} | false
            {"prompt_tokens":0,"completion_tokens":7} | false
            {"prompt_tokens":5,"total_tokens":12} | true
            {"prompt_tokens":5,"completion_tokens":7} | true
            """)
    void openAisCounters(String usage, boolean credible) {
        String stream = delta("\"content\":\"" + WORDS + "\"") + "data: {\"choices\":[],\"usage\":" + usage + "}\n\n"
                + finish("stop");
        String oneChunk = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + WORDS
                + "\"},\"finish_reason\":\"stop\"}],\"usage\":" + usage + "}\n\ndata: [DONE]\n\n";
        String call = openAi(
                "\"content\":null,\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\","
                        + "\"arguments\":\"{}\"}}]",
                usage);
        for (Protocol client : new Protocol[] {OPENAI, ANTHROPIC}) {
            assertThat(whole(client, OPENAI, openAi("\"content\":\"" + WORDS + "\"", usage)))
                    .isEqualTo(credible);
            assertThat(whole(client, OPENAI, call)).as("a call").isEqualTo(credible);
            assertThat(streamed(client, OPENAI, stream)).isEqualTo(credible);
            assertThat(streamed(client, OPENAI, oneChunk)).as("in one chunk").isEqualTo(credible);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"input_tokens":0,"output_tokens":0} | false
            {"input_tokens":-1,"output_tokens":-1} | false
            {"input_tokens":5,"output_tokens":0} | false
            {"input_tokens":0,"output_tokens":7} | false
            {"output_tokens":7} | false
            {"input_tokens":0,"cache_read_input_tokens":5,"output_tokens":7} | true
            {"input_tokens":5,"output_tokens":7} | true
            """)
    void anthropicsCounters(String usage, boolean credible) {
        String stream = "data: {\"type\":\"message_start\",\"message\":{\"id\":\"1\",\"content\":[],\"usage\":" + usage
                + "}}\n\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\","
                + "\"text\":\"\"}}\n\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":"
                + "\"text_delta\",\"text\":\"" + WORDS + "\"}}\n\ndata: {\"type\":\"content_block_stop\",\"index\":0}"
                + "\n\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":" + usage
                + "}\n\ndata: {\"type\":\"message_stop\"}\n\n";
        for (Protocol client : new Protocol[] {OPENAI, ANTHROPIC}) {
            assertThat(whole(client, ANTHROPIC, anthropic("{\"type\":\"text\",\"text\":\"" + WORDS + "\"}", usage)))
                    .isEqualTo(credible);
            assertThat(whole(
                            client,
                            ANTHROPIC,
                            anthropic("{\"type\":\"tool_use\",\"id\":\"c\",\"name\":\"f\",\"input\":{}}", usage)))
                    .as("a call")
                    .isEqualTo(credible);
            assertThat(streamed(client, ANTHROPIC, stream)).isEqualTo(credible);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"promptTokenCount":0,"totalTokenCount":0} | false
            {"promptTokenCount":5} | false
            {"promptTokenCount":5,"totalTokenCount":5} | false
            {"totalTokenCount":12} | false
            {"promptTokenCount":-1,"candidatesTokenCount":-1} | false
            {"promptTokenCount":10,"candidatesTokenCount":7,"cachedContentTokenCount":400} | false
            {"promptTokenCount":10,"candidatesTokenCount":7,"cachedContentTokenCount":11} | false
            {"toolUsePromptTokenCount":10,"candidatesTokenCount":7,"cachedContentTokenCount":9} | true
            {"promptTokenCount":10,"candidatesTokenCount":7,"cachedContentTokenCount":10} | true
            {"promptTokenCount":5,"thoughtsTokenCount":7} | true
            {"promptTokenCount":5,"candidatesTokenCount":7} | true
            """)
    void geminisCounters(String usage, boolean credible) {
        for (Protocol client : new Protocol[] {OPENAI, ANTHROPIC}) {
            assertThat(whole(client, GEMINI, gemini(WORDS, usage))).isEqualTo(credible);
            assertThat(streamed(client, GEMINI, "data: " + gemini(WORDS, usage) + "\n\n"))
                    .isEqualTo(credible);
        }
    }

    /** Counters, the input beside the cache, from the cache, output. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"prompt_tokens":10,"completion_tokens":7,"cached_tokens":4} | 6 | 4 | 7
            {"input_tokens":10,"output_tokens":7} | 10 | 0 | 7
            {"input_tokens":10,"total_tokens":17} | 10 | 0 | 7
            {"prompt_tokens":10,"completion_tokens":7,"input_tokens":1,"output_tokens":1} | 10 | 0 | 7
            {"prompt_tokens":10,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":12}} | 10 | 12 | 7
            {"prompt_tokens":10,"completion_tokens":7,"total_tokens":17,"cached_tokens":12} | 10 | 12 | 7
            {"prompt_tokens":10,"completion_tokens":7,"total_tokens":29,"cached_tokens":12} | 10 | 12 | 7
            {"prompt_tokens":10,"completion_tokens":7,"total_tokens":20,"cached_tokens":12} | 0 | 10 | 7
            {"prompt_tokens":10,"completion_tokens":7,"total_tokens":1,"cached_tokens":900000000} | 0 | 10 | 7
            """)
    void countersUnderOtherNames_areRead(String usage, long input, long cached, long output) {
        for (Protocol client : new Protocol[] {OPENAI, ANTHROPIC}) {
            AnswerTranslator translator = Converting.between(client, OPENAI)
                    .begin(AnswerTables.request(client == OPENAI ? "openai" : "anthropic", false))
                    .answer();
            byte[] bytes = openAi("\"content\":\"" + WORDS + "\"", usage).getBytes(StandardCharsets.UTF_8);
            OutBuffer out = new OutBuffer(64);
            translator.translate(bytes, 0, bytes.length, out);
            translator.finish(out);

            assertThat(translator.usage()).isEqualTo(new Usage(input, cached, 0, output, 0));
            // more from the cache than was asked, and a total that fits no reading of it: told as an estimate
            assertThat(translator.usageComplete()).isEqualTo(input > 0);
            var streamed = Converting.between(client, OPENAI).stream(
                    AnswerTables.request(client == OPENAI ? "openai" : "anthropic", true),
                    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a b\"},\"finish_reason\":\"stop\"}],"
                            + "\"usage\":" + usage + "}\n\ndata: [DONE]\n\n",
                    50);
            assertThat(streamed.translator().usage()).isEqualTo(translator.usage());
            assertThat(streamed.translator().usageComplete()).isEqualTo(input > 0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"content\":\"\"", "\"content\":null,\"tool_calls\":[]", "\"content\":\"\",\"refusal\":null"})
    void answerThatSaysNothing_mayHaveCostNoOutput(String message) {
        String usage = "{\"prompt_tokens\":5,\"completion_tokens\":0,\"total_tokens\":5}";

        assertThat(whole(OPENAI, OPENAI, openAi(message, usage))).isTrue();
        assertThat(whole(ANTHROPIC, OPENAI, openAi(message, usage))).isTrue();
        assertThat(whole(ANTHROPIC, ANTHROPIC, anthropic("", "{\"input_tokens\":5,\"output_tokens\":0}")))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"prompt_tokens":0,"completion_tokens":0} | 8
            {"prompt_tokens":0,"completion_tokens":7} | 7
            {"prompt_tokens":5,"completion_tokens":-1} | 8
            """)
    void clientIsToldAnEstimate_insteadOfWhatCannotBeTrue(String usage, int output) {
        assertThat(Converting.between(ANTHROPIC, OPENAI)
                        .answer(
                                AnswerTables.request("anthropic", false),
                                openAi("\"content\":\"" + WORDS + "\"", usage)))
                .contains("\"output_tokens\":" + output)
                .doesNotContain("\"input_tokens\":0");
    }
}
