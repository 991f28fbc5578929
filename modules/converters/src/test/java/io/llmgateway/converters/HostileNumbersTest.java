package io.llmgateway.converters;

import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.GEMINI;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Protocol;
import io.llmgateway.wire.OutBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers with absurd exponents or digits, wherever one may stand: never expanded, never an error of our own. */
class HostileNumbersTest {
    private static final Protocol[] CLIENTS = {OPENAI, ANTHROPIC};
    private static final Protocol[] UPSTREAMS = {OPENAI, ANTHROPIC, GEMINI};

    private static List<String> requests(Protocol client, String number) {
        String hello = "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";
        String schema = "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"exclusiveMinimum\":"
                + number + ",\"maxItems\":" + number + ",\"enum\":[" + number + "]}}}";
        List<String> all = new ArrayList<>();
        for (String field : new String[] {
            "max_tokens",
            "temperature",
            "top_p",
            "top_k",
            "seed",
            "n",
            "presence_penalty",
            "max_completion_tokens",
            "top_logprobs",
            "unknown",
            "stop",
            "messages",
            "tools",
            "metadata",
            "system",
            "stop_sequences"
        }) {
            String limit = client == ANTHROPIC && !"max_tokens".equals(field) ? "\"max_tokens\":9," : "";
            String rest = "messages".equals(field) ? "" : hello + ",";
            all.add("{\"model\":\"m\"," + limit + rest + "\"" + field + "\":" + number + "}");
        }
        if (client == ANTHROPIC) {
            String head = "{\"model\":\"m\",\"max_tokens\":9,";
            all.add(head + hello + ",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":" + number + "}}");
            all.add(head + hello + ",\"tools\":[{\"name\":\"f\",\"input_schema\":" + schema + "}]}");
            all.add(head
                    + "\"messages\":[{\"role\":\"user\",\"content\":\"x\"},"
                    + "{\"role\":\"assistant\",\"content\":[{\"type\":"
                    + "\"tool_use\",\"id\":\"t\","
                    + "\"name\":\"f\",\"input\":{\"n\":" + number
                    + "}}]},{\"role\":\"user\",\"content\":"
                    + "[{\"type\":\"tool_result\",\"tool_use_id\":\"t\",\"content\":" + number + "}]}]}");
        } else {
            all.add("{\"model\":\"m\"," + hello + ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\","
                    + "\"parameters\":" + schema + "}}]}");
            all.add("{\"model\":\"m\"," + hello
                    + ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":" + schema + "}}}");
            all.add("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"},"
                    + "{\"role\":\"assistant\",\"tool_calls\":[{"
                    + "\"id\":\"t\",\"type\":\"function\",\"function\":{\"name\":\"f\","
                    + "\"arguments\":\"{\\\"n\\\":"
                    + number
                    + "}\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"t\",\"content\":\"" + number + "\"}]}");
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e99999999999",
                "1e100000000",
                "-1e2147483647",
                "1E-99999999999",
                "1e-2147483648",
                "1e1001",
                "1e309",
                "0.1e-400",
                "9223372036854775808",
                "-0",
                "1e3",
                "0e999999999999",
                "1.5"
            })
    void requestWithTheNumberAnywhere_isConvertedSmall_orRefused(String number) {
        for (Protocol client : CLIENTS) {
            for (Protocol upstream : UPSTREAMS) {
                for (String request : requests(client, number)) {
                    if (client == upstream) {
                        continue;
                    }
                    assertThat(sent(Converting.between(client, upstream), request)
                                    .length())
                            .as(request)
                            .isLessThan(4_000 + request.length());
                    assertThat(sent(Converting.between(client, upstream).counting(), request)
                                    .length())
                            .isLessThan(4_000 + request.length());
                }
            }
            assertThat(sent(
                            Converting.between(ANTHROPIC, ANTHROPIC)
                                    .clientVersion("2023-06-01")
                                    .version("2026-10-21"),
                            requests(ANTHROPIC, number).getFirst()))
                    .hasSizeLessThan(4_000);
        }
    }

    private static String sent(Converting way, String request) {
        try {
            return Converting.text(way.begin(request));
        } catch (GatewayException e) {
            assertThat(e.error()).as(request).isInstanceOf(CallerFault.class);
            return "";
        }
    }

    private static List<String> answers(Protocol upstream, String number, boolean streamed) {
        String n = number;
        return switch (upstream) {
            case OPENAI_CHAT -> {
                String part = streamed ? "delta" : "message";
                yield List.of(
                        "{\"id\":\"1\",\"choices\":[{\"index\":0,\"" + part
                                + "\":{\"role\":\"assistant\",\"content\":\"y\"},"
                                + "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":" + n
                                + ",\"completion_tokens\":" + n
                                + ",\"total_tokens\":" + n + "}}",
                        "{\"id\":\"1\",\"choices\":[{\"index\":" + n + ",\"" + part
                                + "\":{\"content\":\"y\",\"tool_calls\":[{"
                                + "\"index\":" + n + ",\"id\":" + n
                                + ",\"function\":{\"name\":\"f\",\"arguments\":{\"a\":" + n
                                + "}}}]},\"finish_reason\":" + n + "}]}");
            }
            case ANTHROPIC_MESSAGES ->
                streamed
                        ? List.of(
                                "{\"type\":\"message_start\",\"message\":{\"id\":\"1\",\"usage\":{\"input_tokens\":" + n
                                        + ",\"output_tokens\":" + n + "}}}",
                                "{\"type\":\"content_block_start\",\"index\":" + n
                                        + ",\"content_block\":{\"type\":\"tool_use\",\"id\":\"t\","
                                        + "\"name\":\"f\",\"input\":{\"a\":"
                                        + n
                                        + "}}}",
                                "{\"type\":\"message_delta\","
                                        + "\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":"
                                        + n + "}}")
                        : List.of("{\"type\":\"message\",\"id\":\"1\",\"content\":[{\"type\":\"tool_use\",\"id\":\"t\","
                                + "\"name\":\"f\","
                                + "\"input\":{\"a\":" + n
                                + "}}],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":" + n
                                + ",\"output_tokens\":" + n + "}}");
            case GEMINI ->
                List.of("{\"candidates\":[{\"index\":" + n
                        + ",\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"f\","
                        + "\"args\":{\"a\":" + n
                        + "}}}]},\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":" + n
                        + ",\"candidatesTokenCount\":" + n + "}}");
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e99999999999",
                "1e100000000",
                "-1e2147483647",
                "1E-99999999999",
                "1e1001",
                "1e309",
                "9223372036854775808",
                "1e3"
            })
    void answerWithTheNumberAnywhere_isTold_orIsMalformed(String number) {
        String hello = "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";
        for (Protocol client : CLIENTS) {
            for (Protocol upstream : UPSTREAMS) {
                for (String answer : answers(upstream, number, false)) {
                    AnswerTranslator whole = Converting.between(client, upstream)
                            .begin(hello + "}")
                            .answer();
                    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
                    OutBuffer out = new OutBuffer(64);
                    whole.translate(bytes, 0, bytes.length, out);
                    assertThat(whole.finish(out)).isNotNull();
                    assertThat(out.length()).isLessThan(8_000);
                }
                for (String event : answers(upstream, number, true)) {
                    Converting.Streamed streamed = Converting.between(client, upstream).stream(
                            hello + ",\"stream\":true}", "data: " + event + "\n\n", 4_096);
                    assertThat(streamed.out().length()).isLessThan(8_000);
                }
            }
        }
    }
}
