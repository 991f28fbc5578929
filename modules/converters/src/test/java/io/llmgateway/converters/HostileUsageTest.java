package io.llmgateway.converters;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.Protocol;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.OutBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers of providers that cannot be true: they never become negative, huge, or silently nothing. */
class HostileUsageTest {
    private static final String REQUEST =
            "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";

    private static AnswerTranslator answered(Protocol upstream, boolean relayed, String usage) {
        Protocol client = relayed == (upstream == Converting.OPENAI) ? Converting.OPENAI : Converting.ANTHROPIC;
        String answer = switch (upstream) {
            case OPENAI_CHAT ->
                "{\"id\":\"1\",\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":"
                        + "{\"role\":\"assistant\",\"content\":\"y\"},\"finish_reason\":\"stop\"}]" + usage + "}";
            case ANTHROPIC_MESSAGES ->
                "{\"id\":\"1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[{\"type\":"
                        + "\"text\",\"text\":\"y\"}],\"stop_reason\":\"end_turn\"" + usage + "}";
            case GEMINI ->
                "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"y\"}]},"
                        + "\"finishReason\":\"STOP\"}]" + usage + "}";
        };
        AnswerTranslator translator =
                Converting.between(client, upstream).begin(REQUEST).answer();
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        OutBuffer out = new OutBuffer(64);
        translator.translate(bytes, 0, bytes.length, out);
        assertThat(translator.finish(out)).isEqualTo(AnswerTranslator.Verdict.COMPLETE);
        return translator;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "OPENAI_CHAT|,\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}|3|4",
                "OPENAI_CHAT|,\"usage\":{\"prompt_tokens\":-3,\"completion_tokens\":-4}|0|0",
                "OPENAI_CHAT|,\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":99999999999999}|3|1099511627776",
                "OPENAI_CHAT|,\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":9223372036854775808}|3|0",
                "OPENAI_CHAT|,\"usage\":{\"prompt_tokens\":3,\"total_tokens\":8}|3|5",
                "OPENAI_CHAT|,\"usage\":{\"prompt_tokens\":\"3\",\"completion_tokens\":\"4\"}|none|none",
                "OPENAI_CHAT|,\"usage\":{\"prompt_tokens\":3.5,\"completion_tokens\":4.5}|none|none",
                "OPENAI_CHAT|,\"usage\":{\"prompt_tokens\":null,\"completion_tokens\":null}|none|none",
                "OPENAI_CHAT|,\"usage\":{}|none|none",
                "OPENAI_CHAT|,\"usage\":null|none|none",
                "OPENAI_CHAT|,\"usage\":[1,2]|none|none",
                "OPENAI_CHAT|''|none|none",
                "ANTHROPIC_MESSAGES|,\"usage\":{\"input_tokens\":3,\"output_tokens\":4}|3|4",
                "ANTHROPIC_MESSAGES|,\"usage\":{\"input_tokens\":-3,\"output_tokens\":-4}|0|0",
                "ANTHROPIC_MESSAGES|,\"usage\":{\"input_tokens\":3,\"output_tokens\":99999999999999}|3|1099511627776",
                "ANTHROPIC_MESSAGES|,\"usage\":{\"input_tokens\":\"3\",\"output_tokens\":\"4\"}|none|none",
                "ANTHROPIC_MESSAGES|,\"usage\":{}|none|none",
                "ANTHROPIC_MESSAGES|''|none|none",
                "GEMINI|,\"usageMetadata\":{\"promptTokenCount\":3,\"candidatesTokenCount\":4}|3|4",
                "GEMINI|,\"usageMetadata\":{\"promptTokenCount\":-3,\"candidatesTokenCount\":-4}|0|0",
                "GEMINI|,\"usageMetadata\":{\"promptTokenCount\":\"3\"}|none|none",
                "GEMINI|,\"usageMetadata\":{}|none|none",
                "GEMINI|''|none|none"
            })
    void wholeAnswer_isBelievedWithinReason_elseCountsAsUnknown(
            Protocol upstream, String usage, Long input, Long output) {
        for (boolean relayed : new boolean[] {true, false}) {
            AnswerTranslator translator = answered(upstream, relayed, usage == null ? "" : usage);

            Usage seen = translator.usage();
            // the answer says "y", so that nothing on either side cannot be true
            assertThat(translator.usageComplete()).isEqualTo(input != null && input > 0 && output > 0);
            assertThat(seen == null ? null : seen.input()).isEqualTo(input);
            assertThat(seen == null ? null : seen.output()).isEqualTo(output);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"output_tokens\":7}|true|7",
                "{\"output_tokens\":\"7\"}|false|1",
                "{}|false|1",
                "null|false|1",
                "{\"output_tokens\":-7}|false|0"
            })
    void anthropicStream_isCompleteOnlyWithItsLastNumbers(String last, boolean complete, long output) {
        String stream = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"1\",\"role\":"
                + "\"assistant\",\"content\":[],\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\n"
                + "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":"
                + "{\"type\":\"text\",\"text\":\"\"}}\n\n"
                + "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
                + "{\"type\":\"text_delta\",\"text\":\"y\"}}\n\n"
                + "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
                + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},"
                + "\"usage\":" + last + "}\n\n" + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
        for (Protocol client : new Protocol[] {Converting.ANTHROPIC, Converting.OPENAI}) {
            StreamTranslator translator = Converting.between(client, Converting.ANTHROPIC).stream(
                            REQUEST.replace("{\"model\"", "{\"stream\":true,\"model\""), stream, 64)
                    .translator();

            assertThat(translator.usageComplete()).as(client.toString()).isEqualTo(complete);
            assertThat(translator.usage()).isNotNull();
            assertThat(translator.usage().input()).isEqualTo(3);
            assertThat(translator.usage().output()).isEqualTo(output);
        }
    }
}
