package io.llmgateway.converters;

import static io.llmgateway.converters.AnswerPrograms.call;
import static io.llmgateway.converters.AnswerPrograms.calls;
import static io.llmgateway.converters.AnswerPrograms.delta;
import static io.llmgateway.converters.AnswerPrograms.finish;
import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.GEMINI;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.model.Protocol;
import io.llmgateway.wire.OutBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tool calls that a server tells wrongly: what is meant is told, what was cut is nobody's to execute. */
class CallRepairsTest {
    private static JsonNode openAiAnswer(Protocol upstream, String answer) {
        return Loss.read(Converting.between(OPENAI, upstream).answer(AnswerTables.request("openai", false), answer));
    }

    private static String message(String content, String stop) {
        return "{\"type\":\"message\",\"id\":\"m\",\"content\":[" + content + "],\"stop_reason\":\"" + stop
                + "\",\"usage\":{\"input_tokens\":5,\"output_tokens\":7}}";
    }

    private static String stream(String content, String stop) {
        return "data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"usage\":{\"input_tokens\":5}}}\n\n"
                + "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":" + content + "}\n\n"
                + "data: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
                + "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" + stop
                + "\"},\"usage\":{\"output_tokens\":7}}\n\ndata: {\"type\":\"message_stop\"}\n\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"id\":\"\",", "\"id\":null,", "\"id\":\"same\","})
    void idThatIsMissingOrRepeated_isAnIdOfItsOwn(String id) {
        String use = "{\"type\":\"tool_use\"," + id + "\"name\":\"f\",\"input\":{\"a\":1}}";
        JsonNode calls =
                openAiAnswer(ANTHROPIC, message(use + "," + use, "tool_use")).at("/choices/0/message/tool_calls");

        assertThat(calls).hasSize(2);
        assertThat(calls.path(0).path("id").asText()).isNotEmpty();
        assertThat(calls.path(1).path("id").asText())
                .isNotEmpty()
                .isNotEqualTo(calls.path(0).path("id").asText());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            end_turn | tool_calls
            tool_use | tool_calls
            max_tokens | length
            """)
    void turnThatEndsWithACall_endsForItsTools(String stop, String finish) {
        String use = "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{\"a\":1}}";

        assertThat(openAiAnswer(ANTHROPIC, message(use, stop))
                        .at("/choices/0/finish_reason")
                        .asText())
                .isEqualTo(finish);
        assertThat(Converting.between(OPENAI, ANTHROPIC).stream(
                                AnswerTables.request("openai", true), stream(use, stop), 64)
                        .out())
                .contains("\"finish_reason\":\"" + finish + "\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            "{\\"a\\":1}" | {"a":1}
            "" | {}
            null | {}
            {"a":1} | {"a":1}
            "words" | "words"
            "{\\"a\\":[1" | {"a":[1]}
            """)
    void inputThatIsAText_isNotEncodedTwice(String input, String arguments) {
        String use = "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":" + input + "}";
        String gemini = "{\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":" + input
                + "}}]},\"finishReason\":\"STOP\"}]}";

        for (JsonNode answer :
                new JsonNode[] {openAiAnswer(ANTHROPIC, message(use, "tool_use")), openAiAnswer(GEMINI, gemini)}) {
            assertThat(answer.at("/choices/0/message/tool_calls/0/function/arguments")
                            .asText())
                    .isEqualTo(arguments);
        }
        String escaped = arguments.replace("\\", "\\\\").replace("\"", "\\\"");
        assertThat(Converting.between(OPENAI, ANTHROPIC).stream(
                                AnswerTables.request("openai", true), stream(use, "tool_use"), 64)
                        .out())
                .contains("\"arguments\":\"" + escaped + "\"");
    }

    /** Reason, arguments, whether the call is told. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            length | {"city":"X | false
            length | {"city": | false
            length | {"city":"X"} | true
            tool_calls | {"city":"X | true
            stop | {"city":"X"} | true
            """)
    void callThatTheLimitCut_isNotCompleted(String reason, String arguments, boolean told) {
        String answer = "{\"choices\":[{\"message\":{\"content\":null,\"tool_calls\":["
                + call("\"id\":\"c\",\"type\":\"function\",", "f", arguments) + "]},\"finish_reason\":\"" + reason
                + "\"}]}";
        AnswerTranslator translator = Converting.between(ANTHROPIC, OPENAI)
                .begin(AnswerTables.request("anthropic", false))
                .answer();
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        OutBuffer out = new OutBuffer(64);
        translator.translate(bytes, 0, bytes.length, out);
        translator.finish(out);
        String text = new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);

        assertThat(text.contains("\"tool_use\",\"id\"")).isEqualTo(told);
        assertThat(translator.warnings().contains("dropped:response.tool_calls"))
                .isEqualTo(!told);
        assertThat(text).contains("length".equals(reason) ? "\"max_tokens\"" : "\"stop_reason\":\"tool_use\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {"city":"X | true
            {"city": | true
            {"city":"X"} | false
            """)
    void streamedCallThatBreaksOff_isWarnedOf(String arguments, boolean warned) {
        var streamed = Converting.between(ANTHROPIC, OPENAI).stream(
                AnswerTables.request("anthropic", true),
                calls(call("\"index\":0,\"id\":\"c\",", "f", arguments)) + finish("tool_calls"),
                64);

        assertThat(streamed.finished()).isTrue();
        assertThat(streamed.translator().warnings().contains("adjusted:response.tool_calls"))
                .isEqualTo(warned);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            MAX_TOKENS | max_tokens
            STOP | end_turn
            time_limit | max_tokens
            max_output_tokens | max_tokens
            """)
    void finishReasonsInOtherWords_areUnderstood(String reason, String stop) {
        assertThat(Converting.between(ANTHROPIC, OPENAI).stream(
                                AnswerTables.request("anthropic", true),
                                delta("\"content\":\"a\"") + finish(reason),
                                64)
                        .out())
                .contains("\"stop_reason\":\"" + stop + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"network_error", "cancelled", "engine_overloaded"})
    void finishReasonsThatTellOfAFailure_areErrors(String reason) {
        assertThat(Converting.between(ANTHROPIC, OPENAI).stream(
                                AnswerTables.request("anthropic", true),
                                delta("\"content\":\"a\"") + finish(reason),
                                64)
                        .steps())
                .endsWith(StreamTranslator.Step.ERROR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unload", "weird"})
    void finishReasonNobodyKnows_isWarnedOf(String reason) {
        assertThat(Converting.between(ANTHROPIC, OPENAI).stream(
                                AnswerTables.request("anthropic", true),
                                delta("\"content\":\"a\"") + finish(reason),
                                64)
                        .translator()
                        .warnings())
                .contains("adjusted:response.choices[].finish_reason");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"hello\"", "[{\"type\":\"text\",\"text\":\"hello\"}]"})
    void contentAsAText_isTold(String content) {
        String answer = "{\"type\":\"message\",\"content\":" + content + ",\"stop_reason\":\"end_turn\"}";

        assertThat(openAiAnswer(ANTHROPIC, answer)
                        .at("/choices/0/message/content")
                        .asText())
                .isEqualTo("hello");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {"type":"text","text":"a"} | stop
            {"type":"tool_use","id":"t","name":"f","input":{}} | tool_calls
            """)
    void streamThatStopsWithoutAReason_ends(String block, String finish) {
        String whole = stream(block, "end_turn");
        int from = whole.indexOf("data: {\"type\":\"message_delta\"");
        String without = whole.substring(0, from) + "data: {\"type\":\"message_stop\"}\n\n";
        var streamed = Converting.between(OPENAI, ANTHROPIC).stream(AnswerTables.request("openai", true), without, 64);

        assertThat(streamed.finished()).isTrue();
        assertThat(streamed.out()).contains("\"finish_reason\":\"" + finish + "\"");
    }
}
