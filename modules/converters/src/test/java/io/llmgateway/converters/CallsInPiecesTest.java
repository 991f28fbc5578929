package io.llmgateway.converters;

import static io.llmgateway.converters.AnswerPrograms.call;
import static io.llmgateway.converters.AnswerPrograms.calls;
import static io.llmgateway.converters.AnswerPrograms.delta;
import static io.llmgateway.converters.AnswerPrograms.finish;
import static io.llmgateway.converters.AnswerPrograms.streamed;
import static io.llmgateway.converters.AnswerPrograms.whole;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tool calls whose servers mark them badly: every call comes out once, with its own arguments and its own id. */
class CallsInPiecesTest {
    private static final String A = "{\"a\":1}";
    private static final String B = "{\"b\":2}";

    static List<Arguments> streams() {
        String one = "\"index\":0,";
        String same = "\"index\":0,\"id\":\"x\",";
        return List.of(
                Arguments.of("no index, no id, one chunk each", calls(call("", "g", A)) + calls(call("", "g", B))),
                Arguments.of("no index, no id, one chunk", calls(call("", "g", A), call("", "h", B))),
                Arguments.of("one index, no id", calls(call(one, "g", A)) + calls(call(one, "h", B))),
                Arguments.of("one index and one id", calls(call(same, "g", A)) + calls(call(same, "g", B))),
                Arguments.of(
                        "one index, no id, arguments in pieces",
                        calls(call(one, "g", "{\"a\""))
                                + calls(call(one, null, ":1}"))
                                + calls(call(one, "h", ""))
                                + calls(call(one, null, B))),
                Arguments.of(
                        "two indexes, one id",
                        calls(call("\"index\":0,\"id\":\"x\",", "g", A), call("\"index\":1,\"id\":\"x\",", "h", B))),
                Arguments.of(
                        "indexes as texts", calls(call("\"index\":\"0\",", "g", A), call("\"index\":\"1\",", "h", B))),
                Arguments.of(
                        "ids only, mixed",
                        calls(call("\"id\":\"x\",", "g", "{\"a\""), call("\"id\":\"y\",", "h", ""))
                                + calls(call("\"id\":\"x\",", null, ":1}"))
                                + calls(call("\"id\":\"y\",", null, B))),
                Arguments.of(
                        "an id that changes with every piece",
                        calls(call("\"id\":\"x\",", "g", "{\"a\""))
                                + calls(call("\"id\":\"x2\",", null, ":1}"))
                                + calls(call("\"id\":\"y\",", "h", B))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void twoCalls_areTwoBlocks(String what, String stream) {
        var told = streamed(OPENAI, stream + finish("tool_calls"));

        assertThat(told.all()).hasSize(2);
        assertThat(told.all().getFirst()).isEqualTo("g" + A);
        assertThat(told.all().getLast()).endsWith(B);
        assertThat(told.ends()).containsExactly("tool_use");
    }

    static List<Arguments> pieces() {
        String one = "\"index\":0,\"id\":\"x\",";
        return List.of(
                Arguments.of("a name in two pieces", calls(call(one, "get_", "")) + calls(call(one, "time", A))),
                Arguments.of("a name that grows", calls(call(one, "get_", "")) + calls(call(one, "get_time", A))),
                Arguments.of(
                        "a name that is repeated",
                        calls(call(one, "get_time", "{\"a\"")) + calls(call(one, "get_time", ":1}"))),
                Arguments.of(
                        "arguments before the name",
                        calls(call(one, null, "{\"a\"")) + calls(call("\"index\":0,", "get_time", ":1}"))),
                Arguments.of(
                        "a summary at the end", calls(call(one, "get_time", A)) + calls(call(one, "get_time", A))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pieces")
    void oneCall_isOneBlock(String what, String stream) {
        assertThat(streamed(OPENAI, stream + finish("stop")).all()).containsExactly("get_time" + A);
    }

    @Test
    void nameOfACallWithoutArguments_isToldAtTheEnd() {
        assertThat(streamed(OPENAI, calls(call("\"index\":0,", "get_time", "")) + finish("tool_calls"))
                        .all())
                .containsExactly("get_time{}");
    }

    @Test
    void idsThatComeTwice_areMadeDifferent() {
        String stream = calls(call("\"index\":0,\"id\":\"x\",", "g", A), call("\"index\":1,\"id\":\"x\",", "g", B));
        var out = Converting.between(Converting.ANTHROPIC, OPENAI).stream(
                        AnswerTables.request("anthropic", true), stream + finish("tool_calls"), 64)
                .out();

        assertThat(out.split("\"id\":\"x\"", -1)).hasSize(2);
        assertThat(out.split("\"type\":\"tool_use\"", -1)).hasSize(3);
    }

    static List<Arguments> entries() {
        return List.of(
                Arguments.of("no ids", call("", "g", A) + "," + call("", "g", B)),
                Arguments.of("one index", call("\"index\":0,", "g", A) + "," + call("\"index\":0,", "h", B)),
                Arguments.of("one id", call("\"id\":\"x\",", "g", A) + "," + call("\"id\":\"x\",", "h", B)),
                Arguments.of(
                        "twice the same call", call("\"id\":\"x\",", "g", B) + "," + call("\"id\":\"x\",", "g", B)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("entries")
    void everyEntryOfAWholeAnswer_isACall(String what, String entries) {
        var told = whole(
                OPENAI,
                "{\"choices\":[{\"message\":{\"content\":null,\"tool_calls\":[" + entries
                        + "]},\"finish_reason\":\"stop\"}]}");

        assertThat(told.all()).hasSize(2);
        assertThat(told.all().getLast()).endsWith(B);
        assertThat(told.ends()).containsExactly("tool_use");
    }

    static List<Arguments> odd() {
        return List.of(
                Arguments.of("[1]", "{\"_raw_arguments\":\"[1]\"}"),
                Arguments.of("\"words\"", "{\"_raw_arguments\":\"\\\"words\\\"\"}"),
                Arguments.of("words", "{\"_raw_arguments\":\"words\"}"),
                Arguments.of("\"{\\\"a\\\":1}\"", A),
                Arguments.of("```json\n{\"a\":1}\n```", A),
                Arguments.of("", "{}"),
                Arguments.of("  ", "{}"));
    }

    @ParameterizedTest
    @MethodSource("odd")
    void argumentsThatAreNoObject_areTheSameWholeAndStreamed(String arguments, String told) {
        String text = arguments.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        String entry = "{\"index\":0,\"id\":\"x\",\"function\":{\"name\":\"g\",\"arguments\":\"" + text + "\"}}";

        assertThat(whole(OPENAI, "{\"choices\":[{\"message\":{\"tool_calls\":[" + entry + "]}}]}")
                        .all())
                .containsExactly("g" + told);
        assertThat(streamed(OPENAI, calls(entry) + finish("tool_calls")).all()).containsExactly("g" + told);
    }

    static List<Arguments> repeated() {
        String hi = delta("\"content\":\"Hi\"");
        String message = "\"message\":{\"role\":\"assistant\",\"content\":\"Hi you\"}";
        return List.of(
                Arguments.of(
                        "message beside every delta",
                        AnswerPrograms.chunk("\"delta\":{\"content\":\"Hi\"},\"message\":{\"content\":\"Hi\"}")
                                + AnswerPrograms.chunk(
                                        "\"delta\":{\"content\":\" you\"},\"message\":{\"content\":\"Hi you\"}")
                                + AnswerPrograms.chunk(
                                        "\"delta\":{\"content\":\"\"}," + message + ",\"finish_reason\":\"stop\"")),
                Arguments.of(
                        "a whole message at the end",
                        hi
                                + delta("\"content\":\" you\"")
                                + AnswerPrograms.chunk(message + ",\"finish_reason\":\"stop\"")),
                Arguments.of(
                        "a whole message and empty deltas",
                        delta("\"role\":\"assistant\"")
                                + AnswerPrograms.chunk("\"delta\":{}," + message + ",\"finish_reason\":\"stop\"")),
                Arguments.of("nothing but a message", AnswerPrograms.chunk(message)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("repeated")
    void messageThatRepeatsTheDeltas_isToldOnce(String what, String stream) {
        assertThat(streamed(OPENAI, stream + "data: [DONE]\n\n").all()).containsExactly("Hi you");
    }

    @Test
    void callsOfTheLastMessage_thatNoDeltaHasBrought_areDelivered() {
        String message = "\"message\":{\"content\":\"Hi\",\"tool_calls\":[" + call("\"id\":\"x\",", "g", A) + "]}";

        assertThat(streamed(
                                OPENAI,
                                delta("\"content\":\"Hi\"")
                                        + AnswerPrograms.chunk(message + ",\"finish_reason\":\"stop\""))
                        .all())
                .containsExactly("Hi", "g" + A);
    }
}
