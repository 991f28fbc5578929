package io.llmgateway.converters;

import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.GEMINI;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Protocol;
import io.llmgateway.wire.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Histories that come back changed: ids, names, halves of characters, words next to what was dropped. */
class HistoryTest {
    private static JsonNode tree(String json) {
        try {
            return Json.mapper().readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String call(String id, String city) {
        return "{\"id\":\"" + id + "\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":"
                + "\"{\\\"city\\\":\\\"" + city + "\\\"}\"}}";
    }

    private static String assistant(String... calls) {
        return "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" + String.join(",", calls) + "]}";
    }

    private static String result(String id, String text) {
        return "{\"role\":\"tool\",\"tool_call_id\":\"" + id + "\",\"content\":\"" + text + "\"}";
    }

    private static String chat(String... messages) {
        return "{\"model\":\"m\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}],\"messages\":"
                + "[{\"role\":\"user\",\"content\":\"hi\"}," + String.join(",", messages) + "]}";
    }

    /** What each call asked for and what it was answered, as {@code Rome=21}; fails when ids repeat. */
    private static List<String> anthropicPairs(String request) {
        List<String> pairs = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        List<JsonNode> open = new ArrayList<>();
        for (JsonNode message : tree(request).path("messages")) {
            for (JsonNode block : message.path("content")) {
                if ("tool_use".equals(block.path("type").asText())) {
                    open.add(block);
                    ids.add(block.path("id").asText());
                } else if ("tool_result".equals(block.path("type").asText())) {
                    JsonNode call = open.removeFirst();
                    assertThat(block.path("tool_use_id")).isEqualTo(call.path("id"));
                    pairs.add(call.path("input").path("city").asText() + "="
                            + block.path("content").asText());
                }
            }
        }
        assertThat(new HashSet<>(ids)).hasSameSizeAs(ids);
        return pairs;
    }

    @ParameterizedTest
    @ValueSource(strings = {"call_0", "functions.weather:0", "0", "call_0_2", "überall"})
    void idThatIsUsedInEveryTurn_isUnique_andEachResultStaysWithItsCall(String id) {
        String request = Converting.between(OPENAI, ANTHROPIC)
                .convert(chat(
                        assistant(call(id, "Rome")),
                        result(id, "21"),
                        assistant(call(id, "Oslo")),
                        result(id, "3"),
                        assistant(call(id, "Lima"), call(id + "_2", "Bern")),
                        result(id + "_2", "9"),
                        result(id, "17")));

        assertThat(anthropicPairs(request)).containsExactly("Rome=21", "Oslo=3", "Lima=17", "Bern=9");
    }

    @Test
    void idThatIsUsedTwiceInOneTurn_losesNoResult() {
        String history = chat(assistant(call("c", "Rome"), call("c", "Oslo")), result("c", "21"), result("c", "3"));

        assertThat(anthropicPairs(Converting.between(OPENAI, ANTHROPIC).convert(history)))
                .containsExactly("Rome=21", "Oslo=3");
        assertThat(Converting.between(OPENAI, GEMINI).convert(history))
                .contains("\"output\":\"21\"")
                .contains("\"output\":\"3\"");
    }

    @Test
    void idThatIsUsedInEveryTurn_staysWhereNobodyMinds() {
        String history = "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"},"
                + use("functions.weather:0") + "," + answer("functions.weather:0", "1") + ","
                + use("functions.weather:0") + "," + answer("functions.weather:0", "2") + "]}";

        String request = Converting.between(ANTHROPIC, OPENAI).model("kimi-k2").convert(history);

        assertThat(request.split("\"functions.weather:0\"", -1)).hasSize(5);
    }

    private static String use(String id) {
        return "{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"" + id
                + "\",\"name\":\"weather\",\"input\":{}}]}";
    }

    private static String answer(String id, String text) {
        return "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"" + id + "\",\"content\":\""
                + text + "\"}]}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"functions.get_weather:12", "chatcmpl-tool/7", "call|1", "gwid_x", "ä", "call_fine-1", "a b"})
    void idOfAModelServer_isItsOwnAgain_inTheNextTurn(String id) {
        String asked = "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
        String answered = Converting.between(ANTHROPIC, OPENAI)
                .answer(
                        asked,
                        "{\"id\":\"x\",\"choices\":[{\"index\":0,\"finish_reason\":\"tool_calls\",\"message\":{"
                                + "\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"" + id
                                + "\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":\"{}\"}}]}"
                                + "}]}");
        String shown = tree(answered).path("content").path(0).path("id").asText();
        assertThat(shown).matches("[a-zA-Z0-9_-]{1,128}");

        String next = Converting.between(ANTHROPIC, OPENAI)
                .model("kimi-k2")
                .convert("{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"},"
                        + use(shown) + "," + answer(shown, "21") + "]}");

        JsonNode messages = tree(next).path("messages");
        assertThat(messages.path(1).path("tool_calls").path(0).path("id").asText())
                .isEqualTo(id);
        assertThat(messages.path(2).path("tool_call_id").asText()).isEqualTo(id);
    }

    @Test
    void longIdsOfAnotherProvider_fitIntoWhatOpenAiTakes() {
        String id = "toolu_" + "x".repeat(60);
        String history = "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"},"
                + use(id) + "," + answer(id, "21") + "]}";

        JsonNode official =
                tree(Converting.between(ANTHROPIC, OPENAI).convert(history)).path("messages");
        JsonNode server = tree(Converting.between(ANTHROPIC, OPENAI)
                        .model("llama-3.3-70b")
                        .convert(history))
                .path("messages");

        assertThat(official.path(2).path("tool_call_id").asText())
                .hasSizeLessThanOrEqualTo(40)
                .isEqualTo(
                        official.path(1).path("tool_calls").path(0).path("id").asText());
        assertThat(server.path(2).path("tool_call_id").asText()).isEqualTo(id);
    }

    @Test
    void validNameOfATool_isTheSameWhateverTheHistoryCallsFirst() {
        String tools = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a.b\"}},{\"type\":\"function\","
                + "\"function\":{\"name\":\"a_b\"}}],";
        for (Protocol upstream : List.of(ANTHROPIC, GEMINI)) {
            List<List<String>> names = new ArrayList<>();
            for (String first : List.of("a.b", "a_b")) {
                String history = "{\"model\":\"m\"," + tools + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"},"
                        + "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{"
                        + "\"name\":\"" + first + "\",\"arguments\":\"{}\"}}]}," + result("c", "x") + "]}";
                JsonNode sent = tree(Converting.between(OPENAI, upstream).convert(history));
                JsonNode declared = upstream == GEMINI
                        ? sent.path("tools").path(0).path("functionDeclarations")
                        : sent.path("tools");
                names.add(List.of(
                        declared.path(0).path("name").asText(),
                        declared.path(1).path("name").asText()));
            }
            assertThat(names.get(0)).isEqualTo(names.get(1));
            assertThat(names.get(0).get(1)).isEqualTo("a_b");
        }
    }

    @ParameterizedTest
    @CsvSource({"openai,anthropic", "openai,gemini", "anthropic,openai", "anthropic,gemini"})
    void halfOfACharacter_isReplacedInEverythingThatIsConverted(String from, String to) {
        String half = "x\\ud83d y";
        String low = "x\\ude00 y";
        String request = "openai".equals(from)
                ? "{\"model\":\"m\",\"user\":\"" + half + "\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":"
                        + "\"f\",\"description\":\"" + low + "\",\"parameters\":{\"type\":\"object\",\"properties\":"
                        + "{\"p\":{\"type\":\"string\",\"enum\":[\"" + half + "\"]}}}}}],\"messages\":"
                        + "[{\"role\":\"system\",\"content\":\"" + low + "\"},{\"role\":\"user\",\"content\":\"" + half
                        + "\"},{\"role\":\"assistant\",\"content\":\"" + half + "\",\"tool_calls\":[{\"id\":\"c\","
                        + "\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\\\""
                        + "\\\\ud83d\\\"}\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"" + low
                        + "\"}]}"
                : "{\"model\":\"m\",\"max_tokens\":9,\"system\":\"" + half + "\",\"stop_sequences\":[\"" + half
                        + "\"],\"messages\":[{\"role\":\"user\",\"content\":\"" + low + "\"},{\"role\":\"assistant\","
                        + "\"content\":[{\"type\":\"tool_use\",\"id\":\"c\",\"name\":\"f\",\"input\":{\"a\":\"" + half
                        + "\"}}]},{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\","
                        + "\"tool_use_id\":\"c\",\"content\":\"" + low + "\"}]}]}";

        String sent = Converting.between(protocol(from), protocol(to)).convert(request);

        assertThat(sent).contains("x\ufffd y").doesNotContain("\\ud83d").doesNotContain("\\ude00");
        assertThat(tree(sent).toString().chars())
                .filteredOn(c -> Character.isSurrogate((char) (int) c))
                .isEmpty();
    }

    private static Protocol protocol(String name) {
        return switch (name) {
            case "openai" -> OPENAI;
            case "anthropic" -> ANTHROPIC;
            default -> GEMINI;
        };
    }

    @Test
    void wholePairs_stayAsTheyAre() {
        assertThat(Converting.between(OPENAI, ANTHROPIC)
                        .convert("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"\\ud83d\\ude00\"}]}"))
                .contains("\ud83d\ude00");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"server_tool_use\",\"id\":\"s\",\"name\":\"x\",\"input\":{}}|I look.|Found.|I look. Found.",
                "{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"s\"}|One|two|One two",
                "{\"type\":\"mcp_tool_use\",\"id\":\"s\",\"name\":\"x\",\"input\":{}}|One |two|One two",
                "{\"type\":\"text\",\"text\":\"\"}|in|side|inside",
            })
    void wordsNextToADroppedBlock_doNotRunTogether(String block, String before, String after, String said) {
        String history = "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"},"
                + "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"" + before + "\"}," + block
                + ",{\"type\":\"text\",\"text\":\"" + after + "\"}]},{\"role\":\"user\",\"content\":\"go on\"}]}";

        String sent = Converting.between(ANTHROPIC, OPENAI).convert(history);

        assertThat(tree(sent).path("messages").path(1).path("content").asText()).isEqualTo(said);
    }

    @Test
    void twoMessagesOfTheAssistant_areTwoParagraphs() {
        String history = "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"},"
                + "{\"role\":\"assistant\",\"content\":\"One.\"},{\"role\":\"assistant\",\"content\":\"Two.\"},"
                + "{\"role\":\"user\",\"content\":\"go on\"}]}";

        assertThat(Converting.between(ANTHROPIC, OPENAI).convert(history)).contains("\"One.\\n\\nTwo.\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "user|{'type':'tool_use','id':'t','name':'f','input':{}}|messages[1].content[0]",
                "user|{'type':'tool_result','tool_use_id':'t','content':[{'type':'tool_use','id':'u','name':'f'}]}"
                        + "|messages[1].content[0].content[0]",
                "user|{'type':'tool_result','tool_use_id':'t','content':[{'type':'tool_result','tool_use_id':'u'}]}"
                        + "|messages[1].content[0].content[0]",
                "assistant|{'type':'tool_result','tool_use_id':'t','content':'ok'}|messages[1].content[0]",
            })
    void callsAndResults_areRefusedWhereTheyCannotStand(String role, String block, String field) {
        for (Protocol upstream : List.of(OPENAI, GEMINI)) {
            GatewayException refused = catchThrowableOfType(
                    GatewayException.class,
                    () -> Converting.between(ANTHROPIC, upstream).convert(after(role, block)));

            assertThat(refused.error().field()).contains(field);
            assertThat(refused.error().message()).contains("message only");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'thinking','thinking':'hm','signature':'s'}",
                "{'type':'redacted_thinking','data':'AA'}",
                "{'type':'tool_result','tool_use_id':'t','content':[{'type':'redacted_thinking','data':'AA'}]}",
            })
    void reasoningOfAUser_isDroppedWithAWarning(String block) {
        for (Protocol upstream : List.of(OPENAI, GEMINI)) {
            Translation translation = Converting.between(ANTHROPIC, upstream)
                    .begin(after("user", block + ",{'type':'text','text':'go on'}"));

            assertThat(translation.warnings()).anyMatch(told -> told.startsWith("dropped:messages[1].content[0]"));
        }
    }

    private static String after(String role, String blocks) {
        return ("{'model':'m','max_tokens':9,'messages':[{'role':'user','content':'hi'},{'role':'" + role
                        + "','content':[" + blocks + "]}]}")
                .replace('\'', '"');
    }
}
