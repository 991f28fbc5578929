package io.llmgateway.converters;

import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.GEMINI;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where an answer has its words from reaches the client in its protocol, with the right places. */
class SourcesTest {
    private static String gemini(String text, int from, int to) {
        return "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"" + text + "\"}]},\"finishReason\":\"STOP\","
                + "\"groundingMetadata\":{\"groundingChunks\":[{\"web\":{\"uri\":\"https://a.example\",\"title\":\"A\"}}],"
                + "\"groundingSupports\":[{\"segment\":{\"startIndex\":" + from + ",\"endIndex\":" + to
                + "},\"groundingChunkIndices\":[0]}]}}]}";
    }

    @ParameterizedTest
    @CsvSource({
        "plain words, 6, 11, 6, 11",
        "grüße welt, 8, 12, 6, 10",
        "日本語 text, 0, 9, 0, 3",
        "a😀b, 5, 6, 2, 3",
        "short, 2, 900, 2, 5"
    })
    void bytesOfGeminis_becomeCharacters(String text, int from, int to, int start, int end) {
        String answer = gemini(text, from, to);
        for (String told : List.of(
                Converting.between(OPENAI, GEMINI).answer(AnswerTables.request("openai", false), answer),
                Converting.between(OPENAI, GEMINI).stream(
                                AnswerTables.request("openai", true), "data: " + answer + "\n\n", 64)
                        .out())) {
            assertThat(told).contains("\"start_index\":" + start + ",\"end_index\":" + end);
        }
    }

    @Test
    void groundingThatEveryChunkRepeats_isToldOnce() {
        String chunk = "data: " + gemini("some words", 0, 4) + "\n\n";
        String out = Converting.between(OPENAI, GEMINI).stream(
                        AnswerTables.request("openai", true), chunk + chunk + chunk, 64)
                .out();

        assertThat(out.split("url_citation\"", -1)).hasSize(3);
    }

    @Test
    void citationsOfAnthropics_belongToTheirBlock() {
        String answer =
                "{\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"Before. \"},{\"type\":\"text\","
                        + "\"text\":\"Cited.\",\"citations\":[{\"type\":\"web_search_result_location\",\"url\":"
                        + "\"https://a.example\",\"title\":\"A\",\"cited_text\":\"quote\",\"encrypted_index\":\"e\"}]}],"
                        + "\"stop_reason\":\"end_turn\"}";
        JsonNode table = Loss.read(answer);
        StringBuilder stream = new StringBuilder();
        AnswerPieces.of("anthropic", table).forEach(event -> stream.append("data: " + event + "\n\n"));

        for (String told : List.of(
                Converting.between(OPENAI, ANTHROPIC).answer(AnswerTables.request("openai", false), answer),
                Converting.between(OPENAI, ANTHROPIC).stream(
                                AnswerTables.request("openai", true), stream.toString(), 64)
                        .out())) {
            assertThat(told)
                    .contains("\"start_index\":8,\"end_index\":14,\"url\":\"https://a.example\",\"title\":\"A\","
                            + "\"cited_text\":\"quote\"");
        }
    }

    @Test
    void annotationsOfAStream_areCitationsOfTheOpenText() {
        String stream = AnswerPrograms.delta("\"content\":\"Cited.\"")
                + AnswerPrograms.delta(
                        "\"annotations\":[{\"type\":\"url_citation\",\"url_citation\":{\"start_index\":0,"
                                + "\"end_index\":6,\"url\":\"https://a.example\",\"title\":\"A\"}}]")
                + AnswerPrograms.finish("stop");

        assertThat(Converting.between(ANTHROPIC, OPENAI).stream(AnswerTables.request("anthropic", true), stream, 64)
                        .out())
                .contains("\"delta\":{\"type\":\"citations_delta\",\"citation\":{"
                        + "\"type\":\"web_search_result_location\",\"cited_text\":\"\",\"url\":\"https://a.example\"");
    }

    @Test
    void listsOfASearchEngine_thatEveryChunkRepeats_areToldOnce() {
        String lists = "\"citations\":[\"https://a.example\",\"https://b.example\"],"
                + "\"search_results\":[{\"url\":\"https://a.example\",\"title\":\"A\"}],";
        StringBuilder stream = new StringBuilder();
        for (String word : List.of("one ", "two ", "three")) {
            stream.append(
                    "data: {" + lists + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + word + "\"}}]}\n\n");
        }
        String out = Converting.between(ANTHROPIC, OPENAI).stream(
                        AnswerTables.request("anthropic", true), stream + AnswerPrograms.finish("stop"), 64)
                .out();

        assertThat(out.split("citations_delta", -1)).hasSize(3);
        assertThat(out).contains("\"title\":\"A\"").contains("https://b.example");
    }

    @Test
    void citationsTheGatewayMade_areNeverShownToAnthropic() {
        String history = "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"a\"},"
                + "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"b\",\"citations\":[{\"type\":"
                + "\"web_search_result_location\",\"cited_text\":\"\",\"url\":\"https://a.example\",\"title\":null,"
                + "\"encrypted_index\":\"gw1.oai.MQ\"}]}]},{\"role\":\"user\",\"content\":\"c\"}]}";

        assertThat(Converting.between(ANTHROPIC, ANTHROPIC).convert(history))
                .doesNotContain("citations")
                .contains("\"text\":\"b\"");
    }

    @Test
    void soundInPieces_isOneSound_picturesAreAll() {
        String part = "{\"inlineData\":{\"mimeType\":\"%s\",\"data\":\"%s\"}}";
        String answer = "{\"candidates\":[{\"content\":{\"parts\":[" + part.formatted("audio/L16;rate=24000", "AQ==")
                + "," + part.formatted("audio/L16;rate=24000", "Ag==") + "," + part.formatted("image/png", "AA==") + ","
                + part.formatted("image/png", "BB==") + "]},\"finishReason\":\"STOP\"}]}";
        JsonNode message = Loss.read(
                        Converting.between(OPENAI, GEMINI).answer(AnswerTables.request("openai", false), answer))
                .at("/choices/0/message");

        assertThat(message.at("/audio/data").asText()).isEqualTo("AQI=");
        assertThat(message.path("images")).hasSize(2);
        assertThat(AnswerPrograms.whole(GEMINI, answer).all()).containsExactly("[audio]", "[image]", "[image]");
        assertThat(AnswerPrograms.streamed(GEMINI, "data: " + answer + "\n\n").all())
                .containsExactly("[audio][image][image]");
    }

    @Test
    void sourcesOfAStream_standInOneList_sinceClientsKeepTheLast() {
        String two = gemini("some words", 0, 4)
                .replace("\"groundingChunks\":[", "\"groundingChunks\":[{\"web\":{\"uri\":\"https://b.example\"}},");
        String out = Converting.between(OPENAI, GEMINI).stream(
                        AnswerTables.request("openai", true), "data: " + two + "\n\n", 64)
                .out();

        assertThat(out.split("\"annotations\"", -1)).hasSize(2);
        assertThat(out).contains("https://a.example").contains("https://b.example");
    }
}
