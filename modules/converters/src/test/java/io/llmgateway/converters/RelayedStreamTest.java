package io.llmgateway.converters;

import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.converters.StreamTranslator.Step;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the relay of chat streams understands of servers that say it in their own places. */
class RelayedStreamTest {
    private static final String CHAT =
            "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    private static final String HEAD =
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n";
    private static final String FINISH =
            "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private static final String DONE = "data: [DONE]\n\n";

    private static Converting.Streamed relayed(String stream) {
        return Converting.between(OPENAI, OPENAI).stream(CHAT, stream, 64);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\",\"usage\":U}]}",
                "{\"choices\":[{\"usage\":U,\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"length\"}]}",
                "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"x_groq\":{\"usage\":U,\"a\":1}}",
                "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"x_groq\":{\"usage\":U},\"usage\":null}",
                "{\"choices\":[],\"x_groq\":{\"usage\":U}}"
            })
    void usageInAPlaceOfItsOwn_counts(String chunk) {
        String usage = "{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}";
        String last = "data: " + chunk.replace("U", usage) + "\n\n";

        var translator = relayed(HEAD + (chunk.contains("\"choices\":[]") ? FINISH : "") + last + DONE)
                .translator();

        assertThat(Objects.requireNonNull(translator.usage()).input()).isEqualTo(3);
        assertThat(translator.usage().output()).isEqualTo(2);
        assertThat(translator.usageComplete()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"content\":\"\"}",
                "{\"role\":\"assistant\",\"content\":\"\"}",
                "{ \"content\" : null , \"tool_calls\" : [ ] }",
                "{\"reasoning_content\":\"\",\"content\":\"\"}",
                "null"
            })
    void emptyDeltaAfterContent_keepsNothingAlive(String delta) {
        String empty = "data: {\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":null}]}\n\n";

        var streamed = relayed(HEAD + empty + empty + FINISH + DONE);

        assertThat(streamed.steps().subList(1, 3)).containsOnly(Step.KEEP_ALIVE);
        assertThat(streamed.out()).isEqualTo(HEAD + empty + empty + FINISH + DONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"content\":\"a\"}",
                "{\"content\":\"\",\"reasoning_content\":\"why\"}",
                "{\"role\":\"assistant\",\"content\":\" \"}",
                "{\"content\":\"\\\"delta\\\":{}\"}",
                "{\"tool_calls\":[{\"index\":0}]}",
                "{\"content\":\"\",\"audio\":{}}"
            })
    void deltaWithAnything_isContent(String delta) {
        String one = "data: {\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":null}]}\n\n";

        assertThat(relayed(HEAD + one + FINISH + DONE).steps().get(1)).isEqualTo(Step.CONTENT);
    }

    @Test
    void secondChoiceThatSpeaks_isContent() {
        String two = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"}},"
                + "{\"index\":1,\"delta\":{\"content\":\"b\"}}]}\n\n";

        assertThat(relayed(HEAD + two + FINISH + DONE).steps().get(1)).isEqualTo(Step.CONTENT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"index\":0,\"delta\":{},\"finish_reason\":\"error\"}",
                "{\"index\":0,\"finish_reason\" : \"error\",\"delta\":{\"content\":\"\"}}",
                "{\"index\":0,\"delta\":{},\"finish_reason\":\"error\",\"error\":{\"code\":502,\"message\":\"gone\"}}"
            })
    void finishReasonError_isAFailure(String choice) {
        String failed = "data: {\"choices\":[" + choice + "]}\n\n";

        assertThat(relayed(HEAD + failed + DONE).steps().get(1)).isEqualTo(Step.ERROR);
        assertThat(relayed(failed + DONE).steps().getFirst()).isEqualTo(Step.ERROR);
        assertThat(relayed(failed + DONE).out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"error", "abort", "network_error", "engine_overloaded"})
    void finishReasonOfAFailure_isAFailure_forClientsOfTheOtherProtocol(String reason) {
        String failed = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + reason + "\"}]}\n\n";
        String ask = "{\"model\":\"m\",\"max_tokens\":9,\"stream\":%s,\"messages\":[{\"role\":\"user\","
                + "\"content\":\"x\"}]}";
        Converting converting = Converting.between(ANTHROPIC, OPENAI);

        var streamed = converting.stream(ask.formatted(true), HEAD + failed + DONE, 64);
        assertThat(streamed.steps().getLast()).isEqualTo(Step.ERROR);
        assertThat(streamed.out()).doesNotContain("message_stop");
        assertThat(converting.stream(ask.formatted(true), failed + DONE, 64)
                        .steps()
                        .getFirst())
                .isEqualTo(Step.ERROR);
        String whole = "{\"id\":\"x\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"a\"},"
                + "\"finish_reason\":\"" + reason + "\"}]}";
        assertThat(converting.answer(ask.formatted(false), whole))
                .startsWith("ERROR")
                .contains(reason);
        if ("error".equals(reason)) {
            assertThat(Converting.between(OPENAI, OPENAI).answer(CHAT, whole)).startsWith("ERROR");
        }
    }

    @Test
    void eventsThatAreNoJson_areRelayed_andCounted() {
        String broken = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"b\n\n";
        var openai = relayed(HEAD + broken + "data: nonsense\n\n" + FINISH + DONE);
        assertThat(openai.out()).contains(broken).contains("nonsense");
        assertThat(openai.translator().brokenEvents()).isEqualTo(2);
        assertThat(openai.finished()).isTrue();

        String stop = "data: {\"type\":\"message_stop\"}\n\n";
        var anthropic = Converting.between(ANTHROPIC, ANTHROPIC).stream(CHAT, broken + ": ping\n\n" + stop, 64);
        assertThat(anthropic.out()).isEqualTo(broken + ": ping\n\n" + stop);
        assertThat(anthropic.translator().brokenEvents()).isEqualTo(1);
        assertThat(relayed(HEAD + FINISH + DONE).translator().brokenEvents()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\ndata: ", "\r\ndata: "})
    void severalDocumentsInOneEvent_areAllRead(String between) {
        String word = "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"}}]}";
        String stream = "data: " + word.formatted("one ") + between + word.formatted("two ") + between
                + word.formatted("three") + "\n\n" + FINISH + DONE;
        String ask = "{\"model\":\"m\",\"max_tokens\":9,\"stream\":true,\"messages\":[{\"role\":\"user\","
                + "\"content\":\"x\"}]}";

        var streamed = Converting.between(ANTHROPIC, OPENAI).stream(ask, stream, 64);
        assertThat(streamed.out()).contains("one ", "two ", "three");
        assertThat(streamed.translator().warnings()).isEmpty();
        var half = Converting.between(ANTHROPIC, OPENAI).stream(
                ask, "data: " + word.formatted("one") + "{\"cho\n\n" + FINISH + DONE, 64);
        assertThat(half.finished()).isTrue();
        assertThat(half.translator().warnings()).containsExactly("dropped:response.event");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"text_delta\",\"text\":\"\"}",
                "{\"text\" : \"\", \"type\" : \"text_delta\"}",
                "{\"type\":\"thinking_delta\",\"thinking\":\"\"}",
                "{\"type\":\"input_json_delta\",\"partial_json\":\"\"}"
            })
    void emptyDeltaOfAnthropic_keepsNothingAlive(String delta) {
        String head = "event: message_start\ndata: {\"type\":\"message_start\","
                + "\"message\":{\"usage\":{\"input_tokens\":1}}}\n\n";
        String empty = "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":" + delta + "}\n\n";
        String word = "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\","
                + "\"text\":\"a\"}}\n\n";
        String stop = "data: {\"type\":\"message_stop\"}\n\n";

        var streamed = Converting.between(ANTHROPIC, ANTHROPIC).stream(CHAT, head + word + empty + word + stop, 64);

        assertThat(streamed.steps().subList(1, 4)).containsExactly(Step.CONTENT, Step.KEEP_ALIVE, Step.CONTENT);
        assertThat(streamed.out()).isEqualTo(head + word + empty + word + stop);
    }
}
