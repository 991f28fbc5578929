package io.llmgateway.converters;

import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.GEMINI;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.Protocol;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes with 200 and holds no answer is never handed on as one. */
class NoAnswerTest {
    private static String answered(Protocol client, Protocol upstream, String body) {
        return Converting.between(client, upstream)
                .answer(AnswerTables.request(client == OPENAI ? "openai" : "anthropic", false), body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"detail\":\"Not authenticated\"}",
                "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"field required\"}]}",
                "{\"object\":\"error\",\"message\":\"no\",\"code\":400}",
                "{\"code\":1301,\"msg\":\"no\",\"success\":false}",
                "{\"success\":false,\"data\":null}",
                "{\"error\":\"Unexpected endpoint or method. (POST /v1/messages)\"}",
                "{\"error\":{\"message\":\"no\"}}",
                "{\"errors\":[{\"message\":\"no\"}]}",
                "{\"choices\":null,\"usage\":{\"total_tokens\":0},\"base_resp\":{\"status_code\":1008,"
                        + "\"status_msg\":\"insufficient balance\"}}",
            })
    void errorInAnyShape_isAnError_whereAnswersAreRelayed(String body) {
        String said = body.contains("base_resp") ? "{\"status_code\":1008" : body.substring(1, body.length() - 1);

        assertThat(answered(OPENAI, OPENAI, body)).startsWith("ERROR").contains(said);
        assertThat(answered(ANTHROPIC, ANTHROPIC, body)).startsWith("ERROR").contains(said);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"choices\":[]}",
                "{\"choices\":null}",
                "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"a\"},\"done\":true}",
            })
    void objectOfNoProtocol_isMalformed_whereAnswersAreRelayed(String body) {
        assertThat(answered(OPENAI, OPENAI, body)).startsWith("MALFORMED");
        assertThat(answered(ANTHROPIC, ANTHROPIC, body)).startsWith("MALFORMED");
    }

    /** As an event, and as a document that came instead of a stream. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"detail\":\"Not authenticated\"}",
                "{\"object\":\"error\",\"message\":\"no\",\"code\":400}",
                "{\"code\":1301,\"msg\":\"no\",\"success\":false}",
                "{\"error\":\"model not loaded\"}",
                "{\"choices\":[],\"base_resp\":{\"status_code\":1002,\"status_msg\":\"rate limit\"}}",
                "{\"choices\":null,\"usage\":{\"total_tokens\":0},\"base_resp\":{\"status_code\":1008}}"
            })
    void errorInAnyShape_inAStream_isAnError(String body) {
        for (Protocol client : new Protocol[] {OPENAI, ANTHROPIC}) {
            for (Protocol upstream : new Protocol[] {OPENAI, ANTHROPIC}) {
                for (String stream : new String[] {"data: " + body + "\n\n", body + "\n\n"}) {
                    assertThat(Converting.between(client, upstream).stream(
                                            AnswerTables.request(client == OPENAI ? "openai" : "anthropic", true),
                                            stream,
                                            64)
                                    .steps())
                            .as(client + " " + upstream + " " + stream)
                            .containsExactly(StreamTranslator.Step.ERROR);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"choices\":[],\"prompt_filter_results\":[{\"prompt_index\":0}]",
                "\"choices\":[],\"usage\":null",
                "\"choices\":[],\"base_resp\":{\"status_code\":0,\"status_msg\":\"\"}",
                "\"type\":\"ping\""
            })
    void chunkWithoutChoices_isNoError(String members) {
        for (Protocol client : new Protocol[] {OPENAI, ANTHROPIC}) {
            assertThat(Converting.between(client, OPENAI).stream(
                                    AnswerTables.request(client == OPENAI ? "openai" : "anthropic", true),
                                    "data: {" + members + "}\n\n",
                                    64)
                            .steps())
                    .doesNotContain(StreamTranslator.Step.ERROR);
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void answerOfAnotherProtocol_isNone(Protocol upstream) {
        String openAi = "{\"id\":\"x\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\"},"
                + "\"finish_reason\":\"stop\"}]}";
        String anthropic = "{\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}";
        String other = upstream == OPENAI ? anthropic : openAi;

        // to Gemini's reader any object is the beginning of an answer
        String verdict = upstream == GEMINI ? "EMPTY" : "MALFORMED";
        assertThat(answered(OPENAI, upstream, other)).startsWith(verdict);
        assertThat(answered(ANTHROPIC, upstream, other)).startsWith(verdict);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":\"error\","
                        + "\"error\":{\"code\":502,\"message\":\"died\"}}",
                "{\"error\" : {\"code\":502,\"message\":\"died\"},\"message\":{\"content\":null}}",
            })
    void errorInsideTheChoice_isAnError_whereAnswersAreRelayed(String choice) {
        String body = "{\"id\":\"x\",\"choices\":[" + choice + "]}";

        assertThat(answered(OPENAI, OPENAI, body)).isEqualTo("ERROR {\"error\":{\"code\":502,\"message\":\"died\"}}");
        assertThat(answered(ANTHROPIC, OPENAI, body)).startsWith("ERROR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "\"\"", "null", "[]", "false"})
    void emptyErrorBesideAnAnswer_isAnAnswer(String error) {
        String body = "{\"error\":" + error + ",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                + "\"content\":\"I see no \\\"error\\\"\"},\"finish_reason\":\"stop\"}]}";

        assertThat(answered(OPENAI, OPENAI, body)).isEqualTo(body);
        assertThat(answered(ANTHROPIC, OPENAI, body)).contains("I see no");
    }

    @ParameterizedTest
    @ValueSource(ints = {1026, 1027})
    void numberOfMiniMaxBesideAnEmptyAnswer_isAnError(int code) {
        String body = "{\"choices\":[{\"message\":{\"content\":\"\"},\"finish_reason\":\"stop\"}],\"base_resp\":"
                + "{\"status_code\":" + code + ",\"status_msg\":\"new_sensitive\"}}";

        assertThat(answered(OPENAI, OPENAI, body)).startsWith("ERROR").contains("" + code);
        assertThat(answered(ANTHROPIC, OPENAI, body)).startsWith("ERROR").contains("" + code);
        assertThat(answered(OPENAI, OPENAI, body.replace("" + code, "0"))).startsWith("{");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"content\":[{\"type\":\"text\",\"text\":\"a\"}],\"stop_reason\":\"end_turn\"}",
                "{\"input_tokens\":7}",
                "{\"type\":\"message\",\"content\":[]}",
            })
    void answersOfAnthropicsWithoutAllFields_areAnswers(String body) {
        assertThat(answered(ANTHROPIC, ANTHROPIC, body)).isEqualTo(body);
    }

    /** Client, provider, what the event's data is. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"message":"boom","type":"server_error"}
            {"message":"boom","code":500}
            {"detail":"boom"}
            """)
    void eventNamedError_whoseDataIsTheErrorItself_isTheError(String data) {
        String event = "event: error\ndata: " + data + "\n\n";
        for (Protocol client : new Protocol[] {OPENAI, ANTHROPIC}) {
            for (Protocol upstream : new Protocol[] {OPENAI, ANTHROPIC, GEMINI}) {
                var streamed = Converting.between(client, upstream).stream(
                        AnswerTables.request(client == OPENAI ? "openai" : "anthropic", true), event, 64);

                assertThat(streamed.steps()).containsExactly(StreamTranslator.Step.ERROR);
                assertThat(new String(streamed.translator().errorBody(), java.nio.charset.StandardCharsets.UTF_8))
                        .as(client + " " + upstream)
                        .isEqualTo("{\"error\":" + data + "}");
            }
        }
    }
}
