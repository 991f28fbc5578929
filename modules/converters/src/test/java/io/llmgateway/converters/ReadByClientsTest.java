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
import io.llmgateway.testing.SseEvents;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What official SDKs could not read, or read as something else. */
class ReadByClientsTest {
    private static Converting.Streamed streamed(Protocol client, Protocol upstream, String stream) {
        var streamed = Converting.between(client, upstream).stream(
                AnswerTables.request(client == OPENAI ? "openai" : "anthropic", true), stream, 64);
        assertThat(streamed.finished()).as(streamed.out()).isTrue();
        return streamed;
    }

    private static String event(String json) {
        return "data: " + json.replace('\'', '"') + "\n\n";
    }

    private static String gemini(String part) {
        return event("{'candidates':[{'content':{'parts':[" + part + "]}}]}");
    }

    private static final String GEMINI_END = event("{'candidates':[{'finishReason':'STOP'}]}");

    private static String anthropic(String... blocks) {
        StringBuilder all = new StringBuilder(event("{'type':'message_start','message':{'id':'m','usage':{}}}"));
        int index = 0;
        for (String block : blocks) {
            all.append(event("{'type':'content_block_start','index':" + index + ",'content_block':" + block + "}"));
            all.append(event("{'type':'content_block_stop','index':" + index++ + "}"));
        }
        return all
                + event("{'type':'message_delta','delta':{'stop_reason':'end_turn'},'usage':{'output_tokens':1}}")
                + event("{'type':'message_stop'}");
    }

    private static List<Integer> indexes(String out, String field) {
        List<Integer> all = new ArrayList<>();
        for (SseEvents.Event event : SseEvents.parse(out)) {
            if (!"[DONE]".equals(event.data())) {
                JsonNode delta = Loss.read(event.data()).path("choices").path(0).path("delta");
                delta.path(field).forEach(entry -> all.add(entry.path("index").asInt(-1)));
            }
        }
        return all;
    }

    /** The official Python SDK fails at the second delta with a list whose entries have no index. */
    @Test
    void listsInDeltas_areNumberedThrough() {
        String image = "{'inlineData':{'mimeType':'image/png','data':'AA=='}}";
        String pdf = image.replace("image/png", "application/pdf");
        String search = "{'type':'web_search_tool_result','tool_use_id':'s','content':"
                + "[{'type':'web_search_result','url':'https://a.example/','title':'t'}]}";

        String images = streamed(OPENAI, GEMINI, gemini(image + "," + image) + gemini(image) + GEMINI_END)
                .out();
        String files = streamed(OPENAI, GEMINI, gemini(pdf) + gemini(pdf) + gemini(image) + GEMINI_END)
                .out();
        String thoughts = streamed(
                        OPENAI,
                        ANTHROPIC,
                        anthropic(
                                "{'type':'redacted_thinking','data':'a'}",
                                "{'type':'thinking','thinking':'','signature':'b'}",
                                "{'type':'redacted_thinking','data':'c'}"))
                .out();
        String found = streamed(OPENAI, ANTHROPIC, anthropic(search, search)).out();

        assertThat(indexes(images, "images")).containsExactly(0, 1, 2);
        assertThat(indexes(files, "files")).containsExactly(0, 1);
        assertThat(indexes(files, "images")).containsExactly(0);
        assertThat(indexes(thoughts, "thinking_blocks")).containsExactly(0, 1, 2);
        assertThat(indexes(found, "search_results")).containsExactly(0, 1);
    }

    /** Python's texts keep the two halves apart, and fail when they are written. */
    @ParameterizedTest
    @ValueSource(strings = {"content", "reasoning_content", "refusal"})
    void characterInTwoPieces_comesWhole(String field) {
        String text = "\"" + field + "\":\"";
        String stream = delta(text + "<\\ud83d\"") + delta(text + "\\udc4b>\"") + finish("stop");

        assertThat(streamed(ANTHROPIC, OPENAI, stream).out()).contains("👋>").doesNotContain("ud83d", "udc4b");
    }

    @Test
    void characterInTwoPieces_comesWhole_inArguments() {
        String stream = calls(call("\"index\":0,\"id\":\"x\",", "f", "{\"a\":\"<\\ud83d"))
                + calls(call("\"index\":0,", null, "\\udc4b>\"}"));

        assertThat(ClientReading.stream(
                                "anthropic",
                                streamed(ANTHROPIC, OPENAI, stream + finish("stop"))
                                        .out())
                        .at("/calls/0/arguments")
                        .asText())
                .isEqualTo("{\"a\":\"<👋>\"}");
    }

    @Test
    void characterInTwoPieces_comesWhole_whateverTheProtocols() {
        String gemini = gemini("{'text':'\\ud83d'}") + gemini("{'text':'\\udc4b'}") + GEMINI_END;
        String piece = "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'H'}}";
        String anthropic = anthropic("{'type':'text','text':''}")
                .replaceFirst(
                        "(?s)\n\n(?=data: \\{\"type\":\"content_block_stop)",
                        "\n\n" + event(piece.replace("H", "\\\\ud83d")) + event(piece.replace("H", "\\\\udc4b")));

        assertThat(streamed(OPENAI, GEMINI, gemini).out()).contains("\"👋\"");
        assertThat(streamed(ANTHROPIC, GEMINI, gemini).out()).contains("\"👋\"");
        assertThat(streamed(OPENAI, ANTHROPIC, anthropic).out()).contains("\"👋\"");
    }

    @Test
    void characterInTwoPieces_comesWhole_withUsageAndOtherCallsBetweenThem() {
        String usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n";
        String text = delta("\"content\":\"\\ud83d\"") + usage + delta("\"content\":\"\\udc4b\"") + usage;
        String first = calls(call("\"index\":0,\"id\":\"x\",", "f", "{\"a\":\"\\ud83d"));
        String other = calls(call("\"index\":1,\"id\":\"y\",", "g", "{\"b\":\"\\ud83d"));
        String rest = calls(call("\"index\":0,", null, "\\udc4b\"}")) + calls(call("\"index\":1,", null, "\\udc4c\"}"));
        String out = streamed(ANTHROPIC, OPENAI, text + first + other + rest + finish("tool_calls"))
                .out();

        JsonNode read = ClientReading.stream("anthropic", out);

        assertThat(read.path("text").asText()).isEqualTo("👋");
        assertThat(read.path("calls").findValuesAsText("arguments"))
                .containsExactly("{\"a\":\"👋\"}", "{\"b\":\"👌\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "\"content\":\"a\\ud83d\",\"content\":\"b\",�b",
        "\"content\":\"a\\ud83d\",\"reasoning_content\":\"\\udc4b\",�",
        "\"content\":\"a\\ud83d\",\"content\":\"\",�",
        "\"content\":\"a\\ud83d\",\"content\":\"\\ud83d\",��",
    })
    void halfACharacter_isAReplacementCharacter(String first, String second, String told) {
        var streamed = streamed(ANTHROPIC, OPENAI, delta(first) + delta(second) + finish("stop"));

        assertThat(ClientReading.stream("anthropic", streamed.out())
                        .path("text")
                        .asText())
                .isEqualTo("a" + told);
    }

    @Test
    void whatFollowsWholeArguments_isLeftOut_withAWarning() {
        String object = "{\"a\":1}";
        String function = "\"function_call\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}";
        String one = calls(call("\"index\":0,\"id\":\"x\",", "f", object));
        for (String stream : List.of(
                one + calls(call("\"index\":0,", null, "{\"b\":2}")),
                one + calls(call("\"index\":0,", null, " ")) + calls(call("\"index\":0,", null, "}")),
                delta(function) + delta(function))) {
            var streamed = streamed(ANTHROPIC, OPENAI, stream + finish("tool_calls"));
            JsonNode read = ClientReading.stream("anthropic", streamed.out());

            assertThat(read.at("/calls/0/arguments").asText()).isEqualTo(object);
            assertThat(streamed.translator().warnings())
                    .containsExactly("dropped:response.choices[].message.tool_calls[].function.arguments");
        }
    }

    /** A list that is null cannot be added to in the official Java SDK. */
    @Test
    void textBlock_beginsWithoutCitations() {
        String out = streamed(ANTHROPIC, OPENAI, delta("\"content\":\"a\"") + finish("stop"))
                .out();

        assertThat(out).contains("\"content_block\":{\"type\":\"text\",\"text\":\"\"}");
    }

    @Test
    void tokenWithoutAProbability_hasANumber() {
        String answer = "{'candidates':[{'content':{'parts':[{'text':'a'}]},'finishReason':'STOP','logprobsResult':"
                + "{'chosenCandidates':[{'token':'a'},{'token':'b','logProbability':-0.5}]}}]}";
        JsonNode told = Loss.read(Converting.between(OPENAI, GEMINI)
                .answer(AnswerTables.request("openai", false), answer.replace('\'', '"')));

        assertThat(told.at("/choices/0/logprobs/content").findValuesAsText("logprob"))
                .containsExactly("-9999.0", "-0.5");
    }
}
