package io.llmgateway.converters;

import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.GEMINI;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.Usage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Mistakes that other gateways shipped, one test each, so that this one never makes them. */
class KnownBugsTest {
    private static final String CHAT =
            "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    private static final String MESSAGE = "{\"model\":\"m\",\"max_tokens\":4096,\"stream\":true,"
            + "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024},"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    private static final String TOOL = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],";

    private static String chunk(String delta, String finish) {
        return "data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":" + finish
                + "}]}\n\n";
    }

    private static String toAnthropic(String stream) {
        return Converting.between(ANTHROPIC, OPENAI).stream(MESSAGE, stream, 64).out();
    }

    private static String geminiToOpenAi(String... chunks) {
        StringBuilder stream = new StringBuilder();
        for (String chunk : chunks) {
            stream.append("data: ").append(chunk).append("\n\n");
        }
        return Converting.between(OPENAI, GEMINI).stream(CHAT, stream.toString(), 64)
                .out();
    }

    private static String candidate(String parts, String finish) {
        return "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[" + parts + "]}"
                + (finish.isEmpty() ? "" : ",\"finishReason\":\"" + finish + "\"") + "}]}";
    }

    private static String history(String messages) {
        return "{\"model\":\"m\"," + TOOL + "\"messages\":[" + messages + "]}";
    }

    @Test
    void wholeAnswerInsteadOfAStream_isNoStream() {
        String chat = "{\"id\":\"x\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"hi\"},"
                + "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}";
        String message = "{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"text\","
                + "\"text\":\"hi\"}],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}";
        for (String end : List.of("", "\n", "\n\n")) {
            assertThat(Converting.between(OPENAI, OPENAI).stream(CHAT, chat + end, 64)
                            .out())
                    .doesNotContain("hi");
            assertThat(Converting.between(ANTHROPIC, ANTHROPIC).stream(MESSAGE, message + end, 64)
                            .out())
                    .doesNotContain("hi");
            assertThat(Converting.between(OPENAI, OPENAI).stream(CHAT, "{\"half\":" + end, 64)
                            .out())
                    .doesNotContain("half");
        }
    }

    @Test
    void chunkThatOpensTheToolBlock_keepsItsArguments() {
        String out = toAnthropic(chunk("{\"content\":\"a\"}", "null")
                + chunk(
                        "{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{"
                                + "\\\"a\\\":1}\"}}]}",
                        "\"tool_calls\""));

        assertThat(out).contains("\"partial_json\":\"{\\\"a\\\":1}\"").contains("\"stop_reason\":\"tool_use\"");
    }

    @Test
    void chunkThatOpensTextOrThinking_keepsItsWords() {
        String out = toAnthropic(chunk("{\"reasoning_content\":\"first thought\"}", "null")
                + chunk("{\"content\":\"first word\"}", "\"stop\""));

        assertThat(out).contains("first thought").contains("first word");
    }

    @Test
    void answerThatBeginsWithACall_hasNoEmptyTextBlock() {
        String out = toAnthropic(chunk("{\"role\":\"assistant\",\"content\":\"\"}", "null")
                + chunk(
                        "{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{"
                                + "}\"}}]}",
                        "\"tool_calls\""));

        assertThat(out)
                .doesNotContain("\"type\":\"text\"")
                .contains("\"index\":0,\"content_block\":{\"type\":\"tool_use\"");
    }

    @Test
    void callInOneChunkAndStopInTheNext_isToolCalls() {
        String out = geminiToOpenAi(
                candidate("{\"functionCall\":{\"name\":\"f\",\"args\":{}}}", ""), candidate("{\"text\":\"\"}", "STOP"));

        assertThat(out).contains("\"finish_reason\":\"tool_calls\"").doesNotContain("\"finish_reason\":\"stop\"");
    }

    @Test
    void finishReason_standsInTheLastChunkAlone() {
        String out = geminiToOpenAi(candidate("{\"text\":\"a\"}", "STOP"), candidate("{\"text\":\"b\"}", "STOP"));

        assertThat(out.split("\"finish_reason\":\"stop\"", -1)).hasSize(2);
        assertThat(out.indexOf("\"finish_reason\":\"stop\"")).isGreaterThan(out.indexOf("\"content\":\"b\""));
    }

    @Test
    void errorEventAfter200_isAnError() {
        var streamed = Converting.between(OPENAI, ANTHROPIC).stream(
                CHAT,
                "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":"
                        + "\"x\"}}\n\n",
                64);

        assertThat(streamed.steps()).contains(StreamTranslator.Step.ERROR);
        assertThat(streamed.out()).doesNotContain("[DONE]");
    }

    @Test
    void cacheCounters_areNeverCountedTwice() {
        String answer = Converting.between(OPENAI, ANTHROPIC)
                .answer(
                        CHAT,
                        "{\"type\":\"message\",\"content\":[],\"stop_reason\":\"end_turn\",\"usage\":{"
                                + "\"input_tokens\":10,"
                                + "\"cache_read_input_tokens\":100,\"cache_creation_input_tokens\":20,"
                                + "\"output_tokens\":5}}");

        assertThat(answer)
                .contains("\"prompt_tokens\":130,\"completion_tokens\":5,\"total_tokens\":135")
                .contains("\"cached_tokens\":100,\"cache_write_tokens\":20");
    }

    @Test
    void cachedAbovePrompt_countsThePromptAsUncached() {
        Translation translation = Converting.between(ANTHROPIC, OPENAI).begin(MESSAGE);
        StreamTranslator translator = translation.stream();
        String stream = chunk("{\"content\":\"a\"}", "\"stop\"")
                + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":1,\"total_tokens\":11,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":50}}}\n\ndata: [DONE]\n\n";

        Converting.stream(translator, stream.getBytes(StandardCharsets.UTF_8), 1 << 16);

        assertThat(translator.usage()).isEqualTo(new Usage(10, 50, 0, 1, 0));
    }

    @Test
    void messageDelta_carriesAllInputCounters() {
        String out = toAnthropic(chunk("{\"content\":\"a\"}", "\"stop\"")
                + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":112,\"completion_tokens\":5,\"total_tokens\":117,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":100}}}\n\ndata: [DONE]\n\n");

        assertThat(out.substring(out.indexOf("message_delta")))
                .contains("\"input_tokens\":12,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":100");
    }

    @Test
    void messageStart_hasAnEstimateOfTheInput() {
        String out = toAnthropic(chunk("{\"content\":\"a\"}", "\"stop\""));

        assertThat(out).doesNotContain("\"stop_details\":null,\"usage\":{\"input_tokens\":0");
    }

    @Test
    void cacheControl_survivesOnToolsSystemAndResults() {
        String body = Converting.between(OPENAI, ANTHROPIC)
                .convert(
                        "{\"model\":\"m\",\"tools\":[{\"type\":\"function\",\"cache_control\":{\"type\":\"ephemeral\"},"
                                + "\"function\":{\"name\":\"f\"}}],\"messages\":["
                                + "{\"role\":\"system\",\"content\":[{\"type\":\"text\",\"text\":\"s\","
                                + "\"cache_control\":{\"type\":\"ephemeral\"}}]},"
                                + "{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"tool_calls\":[{"
                                + "\"id\":\"c\","
                                + "\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},"
                                + "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":[{\"type\":\"text\","
                                + "\"text\":\"r\","
                                + "\"cache_control\":{\"type\":\"ephemeral\"}}]}]}");

        assertThat(body.split("\"cache_control\"", -1)).hasSize(4);
        assertThat(body).contains("\"content\":\"r\",\"cache_control\"");
    }

    @Test
    void orderOfToolsAndSchemaKeys_isTheClients() {
        String body = Converting.between(OPENAI, GEMINI)
                .convert("{\"model\":\"m\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"zeta\"}},"
                        + "{\"type\":\"function\",\"function\":{\"name\":\"alpha\",\"parameters\":{\"type\":\"object\","
                        + "\"properties\":{\"z\":{\"type\":\"string\"},\"a\":{\"type\":\"string\"}}}}}],"
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");

        assertThat(body.indexOf("zeta")).isLessThan(body.indexOf("alpha"));
        assertThat(body.indexOf("\"z\":")).isLessThan(body.indexOf("\"a\":"));
    }

    @Test
    void signature_isNeverHiddenInTheToolId() {
        String out = geminiToOpenAi(candidate(
                "{\"functionCall\":{\"name\":\"f\",\"args\":{},\"id\":\"f1\"},\"thoughtSignature\":\"c2ln\"}", "STOP"));

        assertThat(out).contains("\"id\":\"f1\"").contains("\"thought_signature\":\"c2ln\"");
    }

    @Test
    void signature_lostByTheClient_isRemembered() {
        Converting gemini = Converting.between(OPENAI, GEMINI).model("gemini-3-pro");
        gemini.stream(
                "{\"model\":\"m\"," + TOOL + "\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
                "data: "
                        + candidate(
                                "{\"functionCall\":{\"name\":\"f\",\"args\":{},\"id\":\"f1\"},"
                                        + "\"thoughtSignature\":\"c2ln\"}",
                                "STOP")
                        + "\n\n",
                64);

        String next = gemini.convert(history("{\"role\":\"user\",\"content\":\"hi\"},{\"role\":\"assistant\","
                + "\"tool_calls\":[{\"id\":\"f1\",\"type\":\"function\",\"function\":{\"name\":\"f\","
                + "\"arguments\":\"{}\"}}]},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"f1\",\"content\":\"ok\"}"));

        assertThat(next).contains("\"thoughtSignature\":\"c2ln\"");
    }

    @Test
    void thinkingOfToolLoops_lostByTheClient_isRemembered() {
        Converting claude = Converting.between(OPENAI, ANTHROPIC);
        claude.answer(
                CHAT,
                "{\"type\":\"message\",\"id\":\"msg_1\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"t\","
                        + "\"signature\":\"s\"},"
                        + "{\"type\":\"redacted_thinking\",\"data\":\"d\"},{\"type\":\"tool_use\",\"id\":\"c\","
                        + "\"name\":\"f\",\"input\":{}}],"
                        + "\"stop_reason\":\"tool_use\",\"usage\":{}}");

        String next = claude.convert(history("{\"role\":\"user\",\"content\":\"hi\"},{\"role\":\"assistant\","
                + "\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":"
                + "\"{}\"}}]},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"ok\"}"));

        assertThat(next)
                .contains("[{\"type\":\"thinking\",\"thinking\":\"t\",\"signature\":\"s\"},"
                        + "{\"type\":\"redacted_thinking\",\"data\":\"d\"},{\"type\":\"tool_use\"");
    }

    @Test
    void resultsInAnotherOrder_arePairedById() {
        String body = Converting.between(OPENAI, GEMINI)
                .convert(history("{\"role\":\"user\",\"content\":\"hi\"},{\"role\":\"assistant\",\"tool_calls\":["
                        + "{\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}},"
                        + "{\"id\":\"b\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},"
                        + "{\"role\":\"tool\",\"tool_call_id\":\"b\",\"content\":\"of b\"},"
                        + "{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"of a\"}"));

        assertThat(body)
                .contains("{\"role\":\"user\",\"parts\":[{\"functionResponse\":{\"id\":\"a\",\"name\":\"f\","
                        + "\"response\":{\"output\":\"of a\"}}},{\"functionResponse\":{\"id\":\"b\"");
    }

    @Test
    void imagesInToolResults_areNotDropped() {
        String body = Converting.between(ANTHROPIC, GEMINI)
                .convert("{\"model\":\"m\",\"max_tokens\":9,\"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":"
                        + "\"object\"}}],"
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\","
                        + "\"content\":["
                        + "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{}}]},{\"role\":"
                        + "\"user\",\"content\":["
                        + "{\"type\":\"tool_result\",\"tool_use_id\":\"t\",\"content\":[{\"type\":"
                        + "\"image\",\"source\":"
                        + "{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":"
                        + "\"iVBORw0KGgo=\"}}]}]}]}");

        assertThat(body).contains("\"inlineData\":{\"mimeType\":\"image/png\"");
    }

    @Test
    void abortedGeneration_isNeverASuccess() {
        assertThat(Converting.between(ANTHROPIC, GEMINI).answer(MESSAGE, candidate("", "MALFORMED_FUNCTION_CALL")))
                .startsWith("GAVE_UP")
                .contains("MALFORMED_FUNCTION_CALL");
    }

    @Test
    void emptyStopAfterAToolResult_isASuccess() {
        assertThat(Converting.between(ANTHROPIC, GEMINI).answer(MESSAGE, candidate("", "STOP")))
                .contains("\"content\":[]")
                .contains("\"stop_reason\":\"end_turn\"");
    }

    @Test
    void noCandidates_isAnEmptyAnswerNotASuccess() {
        assertThat(Converting.between(OPENAI, GEMINI).answer(CHAT, "{\"candidates\":[]}"))
                .startsWith("EMPTY");
    }

    @Test
    void unknownStopReasons_becomeKnownOnes() {
        for (String reason : List.of("compaction", "brand_new", "pause_turn")) {
            assertThat(Converting.between(OPENAI, ANTHROPIC)
                            .answer(
                                    CHAT,
                                    "{\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}],"
                                            + "\"stop_reason\":\""
                                            + reason + "\",\"usage\":{}}"))
                    .contains("\"finish_reason\":\"stop\"");
        }
    }

    @Test
    void thinking_staysApartFromTheAnswer() {
        assertThat(Converting.between(OPENAI, GEMINI)
                        .answer(CHAT, candidate("{\"text\":\"hm\",\"thought\":true},{\"text\":\"42\"}", "STOP")))
                .contains("\"content\":\"42\"")
                .contains("\"reasoning_content\":\"hm\"");
    }

    @Test
    void thinkingNobodyAskedFor_isNotShownToAnthropicClients() {
        String out = Converting.between(ANTHROPIC, OPENAI).stream(
                        "{\"model\":\"m\",\"max_tokens\":9,\"stream\":true,\"messages\":[{\"role\":\"user\","
                                + "\"content\":\"hi\"}]}",
                        chunk("{\"reasoning_content\":\"hm\"}", "null") + chunk("{\"content\":\"42\"}", "\"stop\""),
                        64)
                .out();

        assertThat(out).doesNotContain("thinking").contains("42");
    }

    @Test
    void interleavedLateArguments_areAnErrorNotLost() {
        var streamed = Converting.between(ANTHROPIC, OPENAI).stream(
                MESSAGE,
                chunk(
                                "{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\","
                                        + "\"arguments\":\"{}\"}}]}",
                                "null")
                        + chunk(
                                "{\"tool_calls\":[{\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"g\","
                                        + "\"arguments\":\"{}\"}}]}",
                                "null")
                        + chunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"more\"}}]}", "null"),
                64);

        assertThat(streamed.steps()).contains(StreamTranslator.Step.MALFORMED);
    }

    @Test
    void emulatedStructuredOutput_isTextAgain() {
        Converting older = Converting.between(OPENAI, ANTHROPIC).model("claude-sonnet-4-0");
        String request =
                "{\"model\":\"m\",\"stream\":true,\"response_format\":{\"type\":\"json_schema\",\"json_schema\":"
                        + "{\"name\":\"r\",\"schema\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":"
                        + "\"string\"}}}}},"
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

        String answer = older.answer(
                request,
                "{\"type\":\"message\",\"content\":[{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"r\",\"input\":{"
                        + "\"a\":\"x\"}}],"
                        + "\"stop_reason\":\"tool_use\",\"usage\":{}}");

        assertThat(answer).contains("\"content\":\"{\\\"a\\\":\\\"x\\\"}\"").contains("\"finish_reason\":\"stop\"");
        assertThat(answer).doesNotContain("tool_calls");
    }

    @Test
    void customToolCalls_comeBackAsCustom() {
        String request = "{\"model\":\"m\",\"tools\":[{\"type\":\"custom\",\"custom\":{\"name\":\"c\"}}],"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

        assertThat(Converting.between(OPENAI, ANTHROPIC)
                        .answer(
                                request,
                                "{\"type\":\"message\",\"content\":[{\"type\":\"tool_use\",\"id\":\"t\","
                                        + "\"name\":\"c\","
                                        + "\"input\":{\"input\":\"raw text\"}}],\"stop_reason\":"
                                        + "\"tool_use\",\"usage\":{}}"))
                .contains("\"type\":\"custom\",\"custom\":{\"name\":\"c\",\"input\":\"raw text\"}");
    }

    @Test
    void renamedTools_comeBackUnderTheirNames() {
        String request = "{\"model\":\"m\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a.b\"}}],"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
        Converting gemini = Converting.between(OPENAI, GEMINI);
        Translation translation = gemini.begin(request);
        var answer = translation.answer();
        byte[] bytes = candidate("{\"functionCall\":{\"name\":\"a_b\",\"args\":{}}}", "STOP")
                .getBytes(StandardCharsets.UTF_8);
        var out = new io.llmgateway.wire.OutBuffer(64);
        answer.translate(bytes, 0, bytes.length, out);
        answer.finish(out);

        assertThat(new String(out.toByteArray(), StandardCharsets.UTF_8)).contains("\"name\":\"a.b\"");
    }

    @Test
    void badArguments_areKeptNotEmptied() {
        String answer = Converting.between(ANTHROPIC, OPENAI)
                .answer(
                        MESSAGE.replace("\"stream\":true,", ""),
                        "{\"id\":\"x\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null,"
                                + "\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":"
                                + "\"f\",\"arguments\":\"not json\"}}]},"
                                + "\"finish_reason\":\"tool_calls\"}]}");

        assertThat(answer).contains("\"input\":{\"_raw_arguments\":\"not json\"}");
    }

    @Test
    void gatewaySignatures_areNeverShownToAnthropic() {
        String body = Converting.between(ANTHROPIC, ANTHROPIC)
                .convert("{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"a\"},"
                        + "{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"x\","
                        + "\"signature\":\"gw1.oai.MQ\"},"
                        + "{\"type\":\"thinking\",\"thinking\":\"y\",\"signature\":\"real\"},{\"type\":\"text\","
                        + "\"text\":\"t\"}]},"
                        + "{\"role\":\"user\",\"content\":\"b\"}]}");

        assertThat(body).doesNotContain("gw1.").contains("\"signature\":\"real\"");
    }
}
