package io.llmgateway.converters;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.wire.Json;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every cell of the tables of answers, as {@link ConversionMatrixTest} has it of requests. */
class AnswerMatrixTest {
    private record Told(JsonNode answer, List<String> warnings) {}

    @TestFactory
    Stream<DynamicTest> cells() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode table : AnswerTables.all()) {
            for (JsonNode row : table.path("rows")) {
                for (String client : AnswerTables.targets(table)) {
                    String title = table.path("name").asText() + " -> " + client + ": "
                            + row.path("field").asText();
                    tests.add(DynamicTest.dynamicTest(title, () -> cell(table, row, client)));
                }
            }
        }
        assertThat(tests).hasSizeGreaterThan(250);
        return tests.stream();
    }

    private static Told told(JsonNode table, String client, String answer) throws IOException {
        AnswerTranslator translator = Converting.between(
                        AnswerTables.PROTOCOLS.get(client),
                        AnswerTables.PROTOCOLS.get(table.path("name").asText()))
                .begin(AnswerTables.request(client, false))
                .answer();
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        OutBuffer out = new OutBuffer(64);
        translator.translate(bytes, 0, bytes.length, out);
        assertThat(translator.finish(out)).isEqualTo(AnswerTranslator.Verdict.COMPLETE);
        return new Told(Json.mapper().readTree(out.toByteArray()), translator.warnings());
    }

    private static void cell(JsonNode table, JsonNode row, String client) throws IOException {
        JsonNode cell = row.path(client);
        Told told = told(table, client, AnswerTables.answer(table, row));
        switch (cell.path("is").asText()) {
            case "carried", "mapped" -> {
                assertThat(cell.has("at")).as("a carried field has its place").isTrue();
                if (!cell.has("warning")) {
                    assertThat(told.warnings()).isEmpty();
                }
            }
            case "warned" ->
                assertThat(cell.has("warning"))
                        .as("a warned field has its warning")
                        .isTrue();
            case "left out" -> {
                assertThat(cell.has("note")).as("a reason").isTrue();
                assertThat(told.warnings()).isEmpty();
                JsonNode base =
                        told(table, client, JsonOut.text(table.path("base"))).answer();
                assertThat(JsonOut.text(told.answer())).isEqualTo(JsonOut.text(base));
            }
            default -> throw new AssertionError("no such verdict: " + cell);
        }
        if (cell.has("warning")) {
            assertThat(told.warnings()).containsExactly(cell.path("warning").asText());
        }
        if (cell.has("at")) {
            assertThat(JsonOut.text(told.answer().at(cell.path("at").asText())))
                    .as(JsonOut.text(told.answer()))
                    .isEqualTo(JsonOut.text(cell.path("value")));
        }
    }
}
