package io.llmgateway.converters;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.Usage;
import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.wire.Json;
import io.llmgateway.wire.MemoryMeter;
import io.llmgateway.wire.OutBuffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents that are told as streams, and streams that are told as documents. */
class OtherKindsTest {
    private static final String ASK = "{\"model\":\"m\",\"max_tokens\":9,\"stream\":%s,\"stream_options\":"
            + "{\"include_usage\":true},\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";

    private static final String OPENAI_RICH = """
            {"id":"c","object":"chat.completion","created":5,"model":"m","system_fingerprint":"fp","service_tier":"x",\
            "provider":"Acme","citations":["https://a"],"choices":[{"index":0,"message":{"role":"assistant",\
            "content":"Hi \\ud83d\\ude00","refusal":null,"reasoning_content":"so","annotations":[\
            {"type":"url_citation"}],\
            "tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\\"x\\":1}"}},\
            {"id":"b","type":"custom","custom":{"name":"g","input":"free"}}]},"logprobs":{"content":[{"token":"Hi"}],\
            "refusal":null},"finish_reason":"tool_calls","stop_reason":7},{"index":1,"message":{"role":"assistant",\
            "content":null,"refusal":"no"},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":7,\
            "completion_tokens":3,"total_tokens":10,"prompt_tokens_details":{"cached_tokens":2}},"timings":{"n":1}}""";

    private static final String ANTHROPIC_RICH = """
            {"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"thinking","thinking":"so",\
            "signature":"c2ln"},{"type":"redacted_thinking","data":"x"},{"type":"text","text":"Hi","citations":\
            [{"type":"char_location","cited_text":"q"}]},{"type":"tool_use","id":"t","name":"f","input":{"a":[1,{}]}},\
            {"type":"web_search_tool_result","tool_use_id":"s","content":[{"type":"web_search_result","url":"u"}]},\
            {"type":"tool_use","id":"u","name":"g","input":{}}],"stop_reason":"tool_use","stop_sequence":null,\
            "container":{"id":"k"},"usage":{"input_tokens":7,"cache_read_input_tokens":2,"output_tokens":3,\
            "server_tool_use":{"web_search_requests":1}}}""";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String unfolded(AnswerTranslator translator, String document) {
        OutBuffer out = new OutBuffer(64);
        translator.translate(bytes(document), 0, 10, out);
        translator.translate(bytes(document), 10, bytes(document).length - 10, out);
        assertThat(translator.finish(out)).isEqualTo(AnswerTranslator.Verdict.COMPLETE);
        translator.end();
        return new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
    }

    private static AnswerTranslator unfolding(Converting converting) {
        return Objects.requireNonNull(converting.begin(ASK.formatted(true)).unfolded());
    }

    private static StreamTranslator joining(Converting converting) {
        return Objects.requireNonNull(converting.begin(ASK.formatted(false)).joined());
    }

    static Stream<Arguments> documents() {
        return Stream.of(
                Arguments.of(Converting.OPENAI, OPENAI_RICH),
                Arguments.of(Converting.OPENAI, ProviderAnswers.openAi("ok")),
                Arguments.of(Converting.OPENAI, ProviderAnswers.openAi("").replace("\"stop\"", "\"length\"")),
                Arguments.of(Converting.ANTHROPIC, ANTHROPIC_RICH),
                Arguments.of(Converting.ANTHROPIC, ProviderAnswers.anthropic("ok")),
                Arguments.of(Converting.ANTHROPIC, ProviderAnswers.anthropic("").replace("end_turn", "max_tokens")));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void whatIsUnfoldedAndJoinedAgain_isTheSame(Protocol protocol, String document) throws IOException {
        Converting converting = Converting.between(protocol, protocol);
        String stream = unfolded(unfolding(converting), document);
        Converting.Streamed joined = Converting.stream(joining(converting), bytes(stream), 7);

        assertThat(joined.finished()).isTrue();
        JsonNode expected = without(Json.mapper().readTree(document));
        assertThat(without(Json.mapper().readTree(joined.out()))).isEqualTo(expected);
        assertThat(joined.translator().usage())
                .isEqualTo(new Usage(
                        document.contains("prompt_tokens_details") ? 5 : 7,
                        document.contains("cache") ? 2 : 0,
                        0,
                        3,
                        0));
        // a relayed stream is read the same
        assertThat(converting.stream(ASK.formatted(true), stream, 9)
                        .translator()
                        .usage())
                .isEqualTo(joined.translator().usage());
    }

    /** Null and left out are the same. */
    private static JsonNode without(JsonNode tree) {
        if (tree instanceof ObjectNode object) {
            object.properties().removeIf(member -> member.getValue().isNull());
        }
        tree.forEach(OtherKindsTest::without);
        return tree;
    }

    static Stream<Arguments> pairs() {
        return Stream.of(Converting.OPENAI, Converting.ANTHROPIC)
                .flatMap(client -> Stream.of(Protocol.values()).map(upstream -> Arguments.of(client, upstream)));
    }

    private static String document(Protocol upstream) {
        return switch (upstream) {
            case OPENAI_CHAT -> ProviderAnswers.openAi("ok");
            case ANTHROPIC_MESSAGES -> ProviderAnswers.anthropic("ok");
            case GEMINI -> ProviderAnswers.gemini("ok");
        };
    }

    private static String events(Protocol upstream) {
        return ProviderAnswers.events(
                switch (upstream) {
                    case OPENAI_CHAT -> "/chat/completions";
                    case ANTHROPIC_MESSAGES -> "/messages";
                    case GEMINI -> ":streamGenerateContent";
                });
    }

    private static String uncounted(String answer) {
        return answer.replaceAll(",?\"usage\":\\{[^}]*}", "").replaceAll(",?\"usageMetadata\":\\{[^}]*}", "");
    }

    /** What the client was told of usage, at the end of its answer. */
    private static Usage told(Protocol client, String answer) throws IOException {
        boolean openai = client == Protocol.OPENAI_CHAT;
        long input = 0;
        long output = 0;
        for (String event : answer.split("\n\n", -1)) {
            String json = event.substring(Math.max(0, event.indexOf('{')));
            if (json.startsWith("{")) {
                JsonNode tree = Json.mapper().readTree(json);
                JsonNode usage = tree.has("message") ? tree.at("/message/usage") : tree.path("usage");
                input = Math.max(
                        input,
                        usage.path(openai ? "prompt_tokens" : "input_tokens").asLong());
                output = Math.max(
                        output,
                        usage.path(openai ? "completion_tokens" : "output_tokens")
                                .asLong());
            }
        }
        return new Usage(input, 0, 0, output, 0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {"type":"text","text":"Hello wörld, hello"} | 4
            {"type":"thinking","thinking":"12345678","signature":"a-long-signature"},{"type":"text","text":"1234"} | 3
            {"type":"tool_use","id":"toolu_1","name":"a_name","input":{"a":12}} | 2
            {"type":"text","text":""} | 1
            """)
    void estimateOfAnUnfoldedMessage_isOfWhatWasSaid_notOfTheJsonAroundIt(String content, int tokens) {
        Converting converting = Converting.between(Protocol.ANTHROPIC_MESSAGES, Protocol.ANTHROPIC_MESSAGES);
        AnswerTranslator unfolding = unfolding(converting);

        String stream = unfolded(
                unfolding,
                "{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[" + content
                        + "],\"stop_reason\":\"end_turn\"}");

        assertThat(stream).contains("\"output_tokens\":" + tokens + "}");
        assertThat(Objects.requireNonNull(unfolding.told()).output()).isEqualTo(tokens);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void uncountedAnswer_isChargedAsItIsTold_inAllFourWays(Protocol client, Protocol upstream) throws IOException {
        Converting converting = Converting.between(client, upstream);
        String document = uncounted(document(upstream).replace("ok", "some words that count"));
        String events = uncounted(events(upstream).replace("ok", "some words that count"));

        AnswerTranslator unfolding = unfolding(converting);
        String stream = unfolded(unfolding, document);
        isToldAndCharged(client, upstream, stream, unfolding);
        Converting.Streamed joined = Converting.stream(joining(converting), bytes(events), 11);
        assertThat(joined.finished()).isTrue();
        isToldAndCharged(client, upstream, joined.out(), joined.translator());
        if (client != upstream) {
            Converting.Streamed plain = converting.stream(ASK.formatted(true), events, 11);
            isToldAndCharged(client, upstream, plain.out(), plain.translator());
            AnswerTranslator whole = converting.begin(ASK.formatted(false)).answer();
            isToldAndCharged(client, upstream, unfolded(whole, document), whole);
        }
    }

    private static void isToldAndCharged(Protocol client, Protocol upstream, String answer, TranslatedAnswer charged)
            throws IOException {
        Usage told = told(client, answer);
        assertThat(charged.usageComplete()).isFalse();
        if (client != upstream) {
            assertThat(charged.told()).isNotNull();
            assertThat(told.output()).isPositive();
            assertThat(charged.estimatedInput()).isEqualTo(told.input());
        }
        if (charged.told() != null) {
            assertThat(charged.told()).isEqualTo(told);
        } else {
            // nothing is made up where bytes are relayed
            assertThat(told.total()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void cutStream_isCountedWithTheInputThatWasTold(Protocol client, Protocol upstream) throws IOException {
        if (client == upstream || upstream == Protocol.GEMINI) {
            // nothing is told there, or all at once
            assertThat(Converting.between(client, upstream)
                            .begin(ASK.formatted(true))
                            .streamed())
                    .isTrue();
            return;
        }
        String events = uncounted(events(upstream));
        String cut = events.substring(0, events.indexOf("\n\n", events.indexOf("ok")) + 2);
        Converting.Streamed streamed = Converting.between(client, upstream).stream(ASK.formatted(true), cut, 1_000);

        assertThat(streamed.finished()).isFalse();
        assertThat(streamed.translator().told()).isNull();
        assertThat(streamed.translator().estimatedInput()).isPositive();
        if (client == Protocol.ANTHROPIC_MESSAGES) {
            assertThat(told(client, streamed.out()).input())
                    .isEqualTo(streamed.translator().estimatedInput());
        }
    }

    @Test
    void callsWithoutAnIndex_areJoinedByTheirIds() throws IOException {
        String stream = """
                data: {"choices":[{"index":0,"delta":{"tool_calls":[{"id":"a","type":"function",\
                "function":{"name":"f","arguments":"{\\"x\\""}}]}}]}

                data: {"choices":[{"index":0,"delta":{"tool_calls":[{"function":{"arguments":":1}"}}]}}]}

                data: {"choices":[{"index":0,"delta":{"tool_calls":[{"id":"b","type":"function",\
                "function":{"name":"g","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}

                data: [DONE]

                """;
        Converting.Streamed joined =
                Converting.stream(joining(Converting.between(Converting.OPENAI, Converting.OPENAI)), bytes(stream), 50);

        JsonNode calls = Json.mapper().readTree(joined.out()).at("/choices/0/message/tool_calls");
        assertThat(calls).hasSize(2);
        assertThat(calls.at("/0/function/arguments").asText()).isEqualTo("{\"x\":1}");
        assertThat(calls.at("/1/function/name").asText()).isEqualTo("g");
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPENAI_CHAT", "ANTHROPIC_MESSAGES"})
    void whatIsJoined_isChargedUntilItsEnd(Protocol protocol) {
        AtomicLong held = new AtomicLong();
        MemoryMeter meter = new MemoryMeter() {
            @Override
            public void charge(long bytes) {
                held.addAndGet(bytes);
            }

            @Override
            public void release(long bytes) {
                held.addAndGet(-bytes);
            }
        };
        for (Protocol upstream : Protocol.values()) {
            Converting converting = Converting.between(protocol, upstream).meter(meter);
            StreamTranslator joining = joining(converting);
            long before = held.get();
            Converting.stream(joining, bytes(events(upstream).replace("ok", "x".repeat(5_000))), 10_000);
            assertThat(held.get() - before).isGreaterThan(5_000);
            joining.end();
            joining.end();
            assertThat(held.get()).isLessThanOrEqualTo(before);
        }
    }
}
