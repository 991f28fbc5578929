package io.llmgateway.converters;

import static io.llmgateway.converters.AnswerPrograms.chunk;
import static io.llmgateway.converters.AnswerPrograms.streamed;
import static io.llmgateway.converters.AnswerPrograms.whole;
import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.GEMINI;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.converters.StreamTranslator.Step;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Endings that are the model's doing are answers, the same whole and streamed, and no failures of the provider. */
class WhatTheModelDidTest {
    private static String candidate(String members) {
        return "{\"candidates\":[{" + members.replace('\'', '"') + "}]}";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'finishReason':'SAFETY'|refusal",
                "'content':{'role':'model'},'finishReason':'MAX_TOKENS'|max_tokens",
                "'content':{},'finishReason':'STOP'|end_turn",
                "'finishReason':'RECITATION','finishMessage':'m'|refusal",
                "'content':{'parts':[{'text':''}]},'finishReason':'STOP'|end_turn",
                "'finishReason':'MODEL_ARMOR'|refusal",
                "'finishReason':'OTHER'|end_turn"
            })
    void answerOfGeminiWithoutContent_hasItsStopReason(String members, String stop) {
        assertThat(whole(GEMINI, candidate(members)).ends()).containsExactly(stop);
        assertThat(streamed(GEMINI, "data: " + candidate(members) + "\n\n").ends())
                .containsExactly(stop);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SAFETY", "PROHIBITED_CONTENT", "JAILBREAK", "MODEL_ARMOR"})
    void blockedPrompt_isARefusal(String reason) {
        String blocked = "{\"promptFeedback\":{\"blockReason\":\"" + reason + "\"}}";

        assertThat(whole(GEMINI, blocked).ends()).containsExactly("refusal");
        assertThat(streamed(GEMINI, "data: " + blocked + "\n\n").ends()).containsExactly("refusal");
        assertThat(Converting.between(OPENAI, GEMINI).stream(
                                AnswerTables.request("openai", true), "data: " + blocked + "\n\n", 64)
                        .out())
                .contains(reason)
                .contains("\"finish_reason\":\"content_filter\"");
    }

    @ParameterizedTest
    @CsvSource({"stop,end_turn", "length,max_tokens", "content_filter,refusal", "tool_calls,end_turn"})
    void answerOfOpenAiWithoutContent_hasItsStopReason(String reason, String stop) {
        String end = "\"finish_reason\":\"" + reason + "\"";

        assertThat(whole(OPENAI, "{\"choices\":[{\"message\":{\"content\":null}," + end + "}]}")
                        .ends())
                .containsExactly(stop);
        assertThat(streamed(OPENAI, chunk("\"delta\":{\"role\":\"assistant\"}") + chunk("\"delta\":{}," + end))
                        .ends())
                .containsExactly(stop);
    }

    @Test
    void wholeAnswersWithoutAReason_areFinished() {
        assertThat(whole(GEMINI, candidate("'content':{'parts':[{'text':'hi'}]}"))
                        .all())
                .containsExactly("hi");
        assertThat(whole(GEMINI, candidate("'content':{'parts':[{'functionCall':{'name':'f'}}]}"))
                        .ends())
                .containsExactly("tool_use");
        assertThat(whole(OPENAI, "{\"choices\":[{\"message\":{\"content\":\"hi\"}}]}")
                        .ends())
                .containsExactly("end_turn");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UNEXPECTED_TOOL_CALL", "MALFORMED_FUNCTION_CALL", "TOO_MANY_TOOL_CALLS"})
    void callThatCanBeRead_isDelivered(String reason) {
        String answer = candidate(
                "'content':{'parts':[{'functionCall':{'name':'f','args':{'a':1}}}]},'finishReason':'" + reason + "'");

        for (var told : List.of(whole(GEMINI, answer), streamed(GEMINI, "data: " + answer + "\n\n"))) {
            assertThat(told.all()).containsExactly("f{\"a\":1}");
            assertThat(told.ends()).containsExactly("tool_use");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MALFORMED_FUNCTION_CALL",
                "UNEXPECTED_TOOL_CALL",
                "MALFORMED_RESPONSE",
                "MISSING_THOUGHT_SIGNATURE"
            })
    void answerThatCannotBeRead_isTheModelsFailure(String reason) {
        String answer = candidate("'finishReason':'" + reason + "','finishMessage':'because'");
        var streamed = Converting.between(ANTHROPIC, GEMINI).stream(
                AnswerTables.request("anthropic", true), "data: " + answer + "\n\n", 64);

        assertThat(streamed.steps().getLast()).isEqualTo(Step.GAVE_UP);
        assertThat(streamed.translator().problem()).contains(reason).contains("because");
        assertThat(Converting.between(OPENAI, GEMINI).answer(AnswerTables.request("openai", false), answer))
                .startsWith("GAVE_UP")
                .contains("because");
    }

    @Test
    void streamThatIsNoJson_isMalformed_notAnErrorOfTheProviders() {
        for (String event : List.of("data: <html>\n\n", "data: {\"half\n\n", "data: hello\n\n")) {
            for (var upstream : List.of(OPENAI, GEMINI)) {
                var streamed = Converting.between(ANTHROPIC, upstream).stream(
                        AnswerTables.request("anthropic", true), event, 64);

                assertThat(streamed.steps()).containsExactly(Step.MALFORMED);
            }
        }
    }

    @Test
    void errorInsideAChoice_isTheProvidersError() {
        for (String choice : List.of(
                "\"error\":{\"code\":429,\"message\":\"slow down\"},\"finish_reason\":\"error\"",
                "\"delta\":{},\"error\":{\"code\":502,\"message\":\"slow down\"}",
                "\"delta\":{\"content\":\"\"},\"error\":{\"message\":\"slow down\"},\"finish_reason\":null")) {
            var streamed = Converting.between(ANTHROPIC, OPENAI).stream(
                    AnswerTables.request("anthropic", true), chunk(choice), 64);

            assertThat(streamed.steps()).containsExactly(Step.ERROR);
            assertThat(new String(streamed.translator().errorBody(), java.nio.charset.StandardCharsets.UTF_8))
                    .startsWith("{\"error\":{")
                    .contains("slow down");
        }
    }
}
