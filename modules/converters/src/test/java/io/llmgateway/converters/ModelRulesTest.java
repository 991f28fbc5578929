package io.llmgateway.converters;

import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known of models is data, and says where it comes from. */
class ModelRulesTest {
    private static final Set<String> CONDITIONS = Set.of("tools", "effort");

    @ParameterizedTest
    @ValueSource(
            strings = {"openai/chat/openai-models.json", "anthropic/anthropic-models.json", "gemini/gemini-models.json"
            })
    void everyRowAndRule_saysItsSourceAndItsDate_andNoPatternStandsTwice(String file) throws IOException {
        try (InputStream in = Protocols.class.getResourceAsStream("/io/llmgateway/converters/" + file)) {
            JsonNode rows = Json.mapper().readTree(in).path("models");
            Set<String> patterns = new HashSet<>();
            assertThat(rows.size()).isGreaterThan(5);
            for (JsonNode row : rows) {
                sourced(row);
                row.path("match")
                        .forEach(pattern -> assertThat(patterns.add(pattern.textValue()))
                                .as("pattern " + pattern)
                                .isTrue());
                for (JsonNode rule : row.path("rules")) {
                    sourced(rule);
                    rule.path("when")
                            .properties()
                            .forEach(c -> assertThat(CONDITIONS).contains(c.getKey()));
                }
            }
            assertThat(rows.path(rows.size() - 1).path("match").path(0).textValue())
                    .isEqualTo("*");
        }
    }

    private static void sourced(JsonNode row) {
        assertThat(row.path("source").asText()).as("source of " + row).hasSizeGreaterThan(8);
        assertThat(LocalDate.parse(row.path("date").asText())).isBefore(LocalDate.of(2100, 1, 1));
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-5.6,none",
        "gpt-5.6-luna,none",
        "openai/gpt-6-mini,none",
        "gpt-5.5,",
        "gpt-5.4-mini,",
        "gpt-5.3,high",
        "gpt-5.1,high",
        "gpt-5-mini,high",
        "o4-mini,high",
        "gpt-5.2-chat-latest,medium",
        "gpt-5-chat-latest,",
        "gpt-4o,",
        "gpt-oss-120b,high"
    })
    void effortBesideTools_isWhatTheModelAccepts(String model, String effort) throws IOException {
        String request = "{\"model\":\"m\",\"max_tokens\":32000,\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":"
                + "31999},\"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":\"object\",\"properties\":{}}}],"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

        JsonNode sent = Json.mapper()
                .readTree(Converting.between(ANTHROPIC, OPENAI).model(model).convert(request));

        assertThat(sent.path("reasoning_effort").textValue()).isEqualTo(effort);
        assertThat(sent.path("tools").size()).isEqualTo(1);
    }
}
