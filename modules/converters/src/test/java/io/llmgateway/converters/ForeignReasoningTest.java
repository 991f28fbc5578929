package io.llmgateway.converters;

import static io.llmgateway.converters.Converting.ANTHROPIC;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A conversation that began with another provider goes on at Anthropic's, relayed. */
class ForeignReasoningTest {
    private static final String OURS = "{\"type\":\"thinking\",\"thinking\":\"t\",\"signature\":\"gw1.oai.MQ\"},";
    private static final String REAL = "{\"type\":\"thinking\",\"thinking\":\"t\",\"signature\":\"real\"},";

    private static Translation relayed(String thinking, String thought, boolean loop) {
        String last = loop ? "[{\"type\":\"tool_result\",\"tool_use_id\":\"t\",\"content\":\"1\"}]" : "\"and now?\"";
        return Converting.between(ANTHROPIC, ANTHROPIC)
                .begin("{\"model\":\"m\",\"max_tokens\":4000,\"thinking\":" + thinking
                        + ",\"context_management\":{\"edits\":"
                        + "[{\"type\":\"clear_thinking_20251015\",\"keep\":\"all\"}]}"
                        + ",\"messages\":[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":["
                        + thought + "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{}}]},"
                        + "{\"role\":\"user\",\"content\":" + last + "}]}");
    }

    /** Thinking, what the turn begins with, whether a tool loop is open, whether reasoning goes on. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {"type":"enabled","budget_tokens":1024} | ours | true | false
            {"type":"enabled","budget_tokens":1024} | ours | false | true
            {"type":"enabled","budget_tokens":1024} | real | true | true
            {"type":"enabled","budget_tokens":1024} | both | true | true
            {"type":"adaptive"} | ours | true | true
            """)
    void toolLoopWithoutItsReasoning_goesOnWithoutReasoning(
            String thinking, String thought, boolean loop, boolean thinks) {
        String blocks = switch (thought) {
            case "ours" -> OURS;
            case "real" -> REAL;
            default -> OURS + REAL;
        };
        Translation translation = relayed(thinking, blocks, loop);
        String body = Converting.text(translation);

        assertThat(body).doesNotContain("gw1.").contains("\"tool_use\"");
        assertThat(body.contains("\"thinking\":{")).isEqualTo(thinks);
        assertThat(body.contains("clear_thinking")).isEqualTo(thinks);
        assertThat(translation.warnings().stream().anyMatch(warning -> warning.startsWith("dropped:thinking")))
                .isEqualTo(!thinks);
    }
}
