package io.llmgateway.converters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Protocol;
import io.llmgateway.wire.Json;
import io.llmgateway.wire.JsonOut;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every cell of the conversion tables: the same data gives {@code docs/conversions.md}, so a sentence there is a test
 * here. {@code ./dev golden} writes the document again.
 */
class ConversionMatrixTest {
    private static final List<String> TABLES = List.of("openai-chat", "anthropic-messages");
    private static final Map<String, Protocol> TARGETS =
            Map.of("openai", Protocol.OPENAI_CHAT, "anthropic", Protocol.ANTHROPIC_MESSAGES, "gemini", Protocol.GEMINI);

    private static JsonNode table(String name) {
        try (InputStream in = ConversionMatrixTest.class.getResourceAsStream("/conversions/" + name + ".json")) {
            return Json.mapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Protocol client(String table) {
        return table.startsWith("openai") ? Protocol.OPENAI_CHAT : Protocol.ANTHROPIC_MESSAGES;
    }

    private static List<String> targets(String table) {
        return table.startsWith("openai") ? List.of("anthropic", "gemini") : List.of("openai", "gemini");
    }

    private static String patched(JsonNode base, JsonNode patch) {
        ObjectNode request = base.deepCopy();
        patch.properties().forEach(field -> request.set(field.getKey(), field.getValue()));
        patch.properties().stream().filter(f -> f.getValue().isNull()).forEach(f -> request.remove(f.getKey()));
        return JsonOut.text(request);
    }

    @TestFactory
    Stream<DynamicTest> cells() {
        List<DynamicTest> tests = new ArrayList<>();
        for (String name : TABLES) {
            JsonNode table = table(name);
            for (JsonNode row : table.path("rows")) {
                for (String target : targets(name)) {
                    String title =
                            name + " -> " + target + ": " + row.path("field").asText();
                    tests.add(DynamicTest.dynamicTest(title, () -> cell(name, table, row, target)));
                }
            }
        }
        assertThat(tests).hasSizeGreaterThan(400);
        return tests.stream();
    }

    private static Converting converting(String name, JsonNode row, String target) {
        JsonNode cell = row.path(target);
        Converting converting = Converting.between(client(name), TARGETS.get(target));
        if (cell.has("model")) {
            converting.model(cell.path("model").asText());
        }
        if (cell.has("version")) {
            converting.version(cell.path("version").asText());
        }
        return converting.clientVersion(row.path("clientVersion").asText(""));
    }

    private static void cell(String name, JsonNode table, JsonNode row, String target) throws IOException {
        JsonNode cell = row.path(target);
        String request = patched(table.path("base"), row.path("patch"));
        String is = cell.path("is").asText();
        if ("refused".equals(is)) {
            refused(converting(name, row, target), request, cell.path("param").asText());
            return;
        }
        Translation translation = converting(name, row, target).begin(request);
        JsonNode body = Json.mapper().readTree(Converting.text(translation));
        switch (is) {
            case "mapped", "adjusted", "ignored" ->
                assertThat(translation.warnings()).isEmpty();
            case "warned" -> {
                String warning = cell.path("warning").asText();
                assertThat(translation.warnings()).contains(warning);
                refused(converting(name, row, target).strict(true), request, null);
            }
            default -> throw new AssertionError("no such verdict: " + is);
        }
        Choices choices = translation.choices();
        assertThat(choices == null ? 1 : choices.count())
                .isEqualTo(cell.path("times").asInt(1));
        if ("ignored".equals(is)) {
            String without = patched(table.path("base"), row.path("without"));
            String base = converting(name, row, target).convert(without);
            assertThat(Converting.text(translation)).isEqualTo(base);
        } else if (cell.has("at")) {
            JsonNode found = body.at(cell.path("at").asText());
            if (cell.has("value")) {
                assertThat(JsonOut.text(found)).isEqualTo(JsonOut.text(cell.path("value")));
            } else {
                assertThat(found.isMissingNode()).isTrue();
            }
        } else {
            assertThat(is).isEqualTo("warned");
        }
        if ("refused".equals(cell.path("strict").asText())) {
            refused(converting(name, row, target).strict(true), request, null);
        }
    }

    private static void refused(Converting converting, String request, String param) {
        GatewayException refusal = catchThrowableOfType(GatewayException.class, () -> converting.begin(request));
        assertThat(refusal).as("a refusal").isNotNull();
        assertThat(refusal.error().field()).isPresent();
        if (param != null) {
            assertThat(refusal.error().field()).hasValue(param);
        }
    }

    @Test
    void table_hasNoEmptyCell() {
        for (String name : TABLES) {
            for (JsonNode row : table(name).path("rows")) {
                for (String target : targets(name)) {
                    assertThat(row.path(target).path("is").asText())
                            .as(name + ": " + row.path("field").asText() + " -> " + target)
                            .isIn("mapped", "adjusted", "ignored", "warned", "refused");
                }
            }
        }
    }

    @Test
    void document_isWhatTheTableSays() throws IOException {
        StringBuilder text = new StringBuilder();
        try (InputStream in = ConversionMatrixTest.class.getResourceAsStream("/conversions/intro.md")) {
            text.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        for (String name : TABLES) {
            JsonNode table = table(name);
            List<String> targets = targets(name);
            text.append("\n## ").append(table.path("title").asText()).append("\n\n| field |");
            targets.forEach(target -> text.append(" to ").append(title(target)).append(" |"));
            text.append("\n| --- | --- | --- |\n");
            for (JsonNode row : table.path("rows")) {
                text.append("| ").append(row.path("field").asText()).append(" |");
                targets.forEach(target ->
                        text.append(' ').append(shown(row.path(target))).append(" |"));
                text.append('\n');
            }
        }
        text.append(AnswerTables.document());
        Path file = Path.of(System.getProperty("root.dir"), "docs", "conversions.md");
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(file, text);
        }
        assertThat(Files.readString(file)).isEqualTo(text.toString());
    }

    private static String title(String target) {
        return switch (target) {
            case "openai" -> "OpenAI";
            case "anthropic" -> "Anthropic";
            default -> "Gemini";
        };
    }

    private static String shown(JsonNode cell) {
        StringBuilder text =
                new StringBuilder("**").append(cell.path("is").asText()).append("**");
        if (cell.has("at") && cell.has("value")) {
            text.append(" `").append(cell.path("at").asText().substring(1)).append('`');
        }
        if (cell.has("warning")) {
            text.append(" `").append(cell.path("warning").asText()).append('`');
        }
        if (cell.has("model")) {
            text.append(" (").append(cell.path("model").asText()).append(')');
        }
        if (cell.has("note")) {
            text.append(": ").append(cell.path("note").asText().replace("|", "\\|"));
        }
        return text.toString();
    }
}
