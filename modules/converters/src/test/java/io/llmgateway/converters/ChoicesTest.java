package io.llmgateway.converters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.Usage;
import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.wire.Json;
import io.llmgateway.wire.MemoryMeter;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.Slice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Several answers of providers that give one at a time. */
class ChoicesTest {
    private static final Usage SUM = new Usage(21, 0, 0, 9, 2);

    private static final String CALL = """
            {"id":"m2","type":"message","role":"assistant","model":"m","content":[{"type":"tool_use","id":"toolu_1",\
            "name":"f","input":{"a":1}}],"stop_reason":"tool_use","usage":{"input_tokens":7,"output_tokens":3}}""";

    private static final String THOUGHT = """
            {"id":"m3","type":"message","role":"assistant","model":"m","content":[{"type":"thinking","thinking":"so",\
            "signature":"c2ln"},{"type":"text","text":"third"}],"stop_reason":"max_tokens",\
            "usage":{"input_tokens":7,"output_tokens":3}}""";

    private static String ask(String fields) {
        return "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
                + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\","
                + "\"parameters\":{\"type\":\"object\"}}}]"
                + fields + "}";
    }

    private static Choices choices(Converting converting, String body) {
        return Objects.requireNonNull(converting.begin(body).choices(), "asked one by one");
    }

    private static Translation choice(Choices choices, int index) {
        return choices.choice(index, MemoryMeter.NONE, new Random(index));
    }

    private static String text(OutBuffer out) {
        return new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({
        "ANTHROPIC_MESSAGES, 2, false, 4, 2",
        "ANTHROPIC_MESSAGES, 4, true, 4, 4",
        "ANTHROPIC_MESSAGES, 1, true, 4, 1",
        "ANTHROPIC_MESSAGES, 16, false, 16, 16",
        "GEMINI, 3, true, 4, 3",
        // what it can do by itself it does
        "GEMINI, 3, false, 4, 1",
        "GEMINI, 8, false, 1, 1",
        "GEMINI, 9, false, 16, 9"
    })
    void provider_isAskedForWhatItCannotGiveAtOnce(Protocol to, int n, boolean stream, int most, int times) {
        String options = ",\"stream\":" + stream;
        Converting converting = Converting.between(Converting.OPENAI, to).choices(most);
        Translation translation = converting.begin(ask(options + ",\"n\":" + n));

        Choices choices = translation.choices();
        assertThat(choices == null ? 1 : choices.count()).isEqualTo(times);
        assertThat(translation.warnings()).isEmpty();
        if (times > 1) {
            assertThat(Converting.text(translation)).isEqualTo(converting.convert(ask(options)));
            assertThat(Converting.text(choice(Objects.requireNonNull(choices), times - 1)))
                    .isEqualTo(Converting.text(translation));
        }
        // nothing is weakened by it
        assertThat(converting.strict(true).begin(ask(options + ",\"n\":" + n)).choices() == null)
                .isEqualTo(times == 1);
    }

    @ParameterizedTest
    @CsvSource({
        "ANTHROPIC_MESSAGES, 5, false, 4, 'at most 4 for'",
        "ANTHROPIC_MESSAGES, 2, false, 1, 'at most 1 for'",
        "ANTHROPIC_MESSAGES, 17, true, 16, 'at most 16 in a stream'",
        "GEMINI, 2, true, 1, 'at most 1 in a stream'",
        "GEMINI, 9, false, 4, 'at most 8 for'"
    })
    void moreThanTheSettingAllows_isRefusedByItsName(Protocol to, int n, boolean stream, int most, String words) {
        GatewayException refusal = catchThrowableOfType(
                GatewayException.class,
                () -> Converting.between(Converting.OPENAI, to)
                        .choices(most)
                        .begin(ask(",\"n\":" + n + ",\"stream\":" + stream)));

        assertThat(refusal.error().field()).hasValue("n");
        assertThat(refusal.error().message()).contains(words, "providers.p.choices.max is " + most);
    }

    @Test
    void wholeAnswers_becomeOneCompletion() throws IOException {
        Choices choices = choices(Converting.between(Converting.OPENAI, Converting.ANTHROPIC), ask(",\"n\":3"));
        List<Slice> answers = new ArrayList<>();
        List<String> said = List.of(ProviderAnswers.anthropic("first"), CALL, THOUGHT);
        for (int i = 0; i < said.size(); i++) {
            OutBuffer out = new OutBuffer(16);
            AnswerTranslator translator = choice(choices, i).answer();
            byte[] bytes = said.get(i).getBytes(StandardCharsets.UTF_8);
            translator.translate(bytes, 0, bytes.length, out);
            assertThat(translator.finish(out)).isEqualTo(AnswerTranslator.Verdict.COMPLETE);
            assertThat(translator.usage()).isEqualTo(new Usage(7, 0, 0, 3, 0));
            answers.add(new Slice(out.array(), 0, out.length()));
        }
        OutBuffer out = new OutBuffer(16);
        choices.finish(answers, SUM, out);

        JsonNode json = Json.mapper().readTree(text(out));
        assertThat(json.path("id").asText()).startsWith("chatcmpl-");
        assertThat(json.path("object").asText()).isEqualTo("chat.completion");
        assertThat(json.path("usage").path("prompt_tokens").asInt()).isEqualTo(21);
        assertThat(json.path("usage").path("total_tokens").asInt()).isEqualTo(30);
        JsonNode all = json.path("choices");
        assertThat(all.findValuesAsText("finish_reason")).containsExactly("stop", "tool_calls", "length");
        for (int i = 0; i < 3; i++) {
            assertThat(all.path(i).path("index").asInt()).isEqualTo(i);
        }
        assertThat(all.path(0).path("message").path("content").asText()).isEqualTo("first");
        assertThat(all.path(1).at("/message/tool_calls/0/id").asText()).isEqualTo("toolu_1");
        assertThat(all.path(2).path("message").path("reasoning_content").asText())
                .isEqualTo("so");
    }

    /** The chunks of a stream without what frames them. */
    private static List<JsonNode> chunks(String stream) throws IOException {
        List<JsonNode> chunks = new ArrayList<>();
        for (String event : stream.split("\n\n")) {
            chunks.add(Json.mapper().readTree(event.substring("data: ".length())));
        }
        return chunks;
    }

    private static String streamed(Protocol to) {
        return to == Protocol.GEMINI
                ? "data: " + ProviderAnswers.gemini("ok") + "\n\n"
                : ProviderAnswers.ANTHROPIC_START
                        + ProviderAnswers.anthropicDelta("ok")
                        + ProviderAnswers.ANTHROPIC_END;
    }

    @ParameterizedTest
    @EnumSource(
            value = Protocol.class,
            names = {"ANTHROPIC_MESSAGES", "GEMINI"})
    void streams_becomeOne_withOneEnd(Protocol to) throws IOException {
        String options = ",\"n\":3,\"stream\":true,\"stream_options\":{\"include_usage\":true}";
        Choices choices = choices(Converting.between(Converting.OPENAI, to), ask(options));
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Converting.Streamed stream =
                    Converting.stream(choice(choices, i).stream(), streamed(to).getBytes(StandardCharsets.UTF_8), 10);
            assertThat(stream.finished()).isTrue();
            assertThat(stream.out()).doesNotContain("[DONE]").doesNotContain("prompt_tokens");
            assertThat(stream.translator().usage()).isEqualTo(new Usage(7, 0, 0, 3, 0));
            StringBuilder said = new StringBuilder();
            for (JsonNode chunk : chunks(stream.out())) {
                ids.add(chunk.path("id").asText());
                assertThat(chunk.path("created").asLong()).isEqualTo(1);
                assertThat(chunk.at("/choices/0/index").asInt(-1)).isEqualTo(i);
                said.append(chunk.at("/choices/0/delta/content").asText(""));
            }
            assertThat(said.toString()).isEqualTo("ok");
            assertThat(chunks(stream.out())
                            .getLast()
                            .at("/choices/0/finish_reason")
                            .asText())
                    .isEqualTo("stop");
        }
        OutBuffer out = new OutBuffer(16);
        choices.finish(List.of(), SUM, out);
        String end = text(out);

        assertThat(end).endsWith("data: [DONE]\n\n").containsOnlyOnce("[DONE]");
        JsonNode usage = chunks(end.substring(0, end.indexOf("data: [DONE]"))).getFirst();
        assertThat(usage.path("choices")).isEmpty();
        assertThat(usage.at("/usage/total_tokens").asInt()).isEqualTo(30);
        ids.add(usage.path("id").asText());
        assertThat(ids).hasSizeGreaterThan(9).containsOnly(ids.getFirst());
    }

    @Test
    void streamsWithoutUsage_endWithDoneAlone() {
        Choices choices =
                choices(Converting.between(Converting.OPENAI, Converting.GEMINI), ask(",\"n\":2,\"stream\":true"));
        OutBuffer out = new OutBuffer(16);
        choices.finish(List.of(), SUM, out);

        assertThat(text(out)).isEqualTo("data: [DONE]\n\n");
    }

    @Test
    void providerThatGivesMoreThanItWasAskedFor_doesNotMixTheAnswers() {
        Choices choices =
                choices(Converting.between(Converting.OPENAI, Converting.GEMINI), ask(",\"n\":2,\"stream\":true"));
        String two = "data: "
                + ProviderAnswers.gemini("ok")
                        .replace(
                                "}],\"usageMetadata\"",
                                "},{\"index\":1,\"content\":{\"parts\":[{\"text\":\"b\"}]}}]," + "\"usageMetadata\"")
                + "\n\n";
        Converting.Streamed stream =
                Converting.stream(choice(choices, 0).stream(), two.getBytes(StandardCharsets.UTF_8), 1 << 20);

        assertThat(stream.steps()).containsExactly(StreamTranslator.Step.MALFORMED);
        assertThat(stream.translator().problem()).contains("more choices than it was asked for");
    }

    @Test
    void choice_givesItsMemoryBack_andLeavesTheRequestToTheOthers() {
        Translation whole =
                Converting.between(Converting.OPENAI, Converting.ANTHROPIC).begin(ask(",\"n\":2"));
        Choices choices = Objects.requireNonNull(whole.choices());
        List<Long> held = new ArrayList<>(List.of(0L));
        MemoryMeter meter = new MemoryMeter() {
            @Override
            public void charge(long bytes) {
                held.set(0, held.getFirst() + bytes);
            }

            @Override
            public void release(long bytes) {
                held.set(0, held.getFirst() - bytes);
            }
        };
        Translation first = choices.choice(0, meter, new Random(1));
        byte[] bytes = ProviderAnswers.anthropic("x".repeat(100_000)).getBytes(StandardCharsets.UTF_8);
        first.answer().translate(bytes, 0, bytes.length, new OutBuffer(16));
        assertThat(held.getFirst()).isPositive();
        first.release();
        first.end();

        assertThat(held.getFirst()).isZero();
        assertThat(Converting.text(choice(choices, 1))).isEqualTo(Converting.text(whole));
    }
}
