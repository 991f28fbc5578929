package io.llmgateway.converters;

import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.GEMINI;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.Protocol;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Schemas in Google's form, with types in capitals, which clients bring along from there. */
class SchemaTypesTest {
    private static Translation asked(Protocol client, Protocol upstream, String schema) {
        String tool = client == OPENAI
                ? "{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":" + schema + "}}"
                : "{\"name\":\"f\",\"input_schema\":" + schema + "}";
        return Converting.between(client, upstream)
                .begin("{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
                        + "\"tools\":[" + tool + "]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"OBJECT\",\"properties\":{\"a\":{\"type\":\"STRING\"}}}",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"ARRAY\",\"items\":{\"type\":\"INTEGER\"}}}}",
                "{\"type\":\"object\",\"properties\":{\"a\":"
                        + "{\"anyOf\":[{\"type\":\"NUMBER\"},{\"type\":\"BOOLEAN\"}]}}}"
            })
    void typesInCapitals_areWrittenSmall_withAWarning(String schema) {
        for (Translation translation :
                new Translation[] {asked(OPENAI, ANTHROPIC, schema), asked(ANTHROPIC, OPENAI, schema)}) {
            assertThat(Converting.text(translation))
                    .doesNotContain("OBJECT", "STRING", "ARRAY", "INTEGER", "NUMBER", "BOOLEAN")
                    .contains("\"object\"");
            assertThat(translation.warnings()).anyMatch(warning -> warning.startsWith("adjusted:tools[0]"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {"type":"object","properties":{"type":{"type":"string","enum":["STRING"]}}}
            {"type":"object","properties":{"a":{"const":{"type":"OBJECT"}}}}
            """)
    void capitalsThatAreNoTypes_stay(String schema) {
        for (Translation translation :
                new Translation[] {asked(OPENAI, ANTHROPIC, schema), asked(ANTHROPIC, OPENAI, schema)}) {
            assertThat(Converting.text(translation)).containsAnyOf("\"STRING\"", "\"OBJECT\"");
            assertThat(translation.warnings()).noneMatch(warning -> warning.startsWith("adjusted:tools[0]"));
        }
        assertThat(Converting.text(asked(OPENAI, GEMINI, "{\"type\":\"OBJECT\"}")))
                .contains("\"name\":\"f\"");
    }
}
