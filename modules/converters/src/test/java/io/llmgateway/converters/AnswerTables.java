package io.llmgateway.converters;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.model.Protocol;
import io.llmgateway.wire.Json;
import io.llmgateway.wire.JsonOut;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The tables that say what becomes of every field of an answer: one for each protocol of providers. */
final class AnswerTables {
    static final Map<String, Protocol> PROTOCOLS =
            Map.of("openai", Protocol.OPENAI_CHAT, "anthropic", Protocol.ANTHROPIC_MESSAGES, "gemini", Protocol.GEMINI);

    private AnswerTables() {}

    static JsonNode all() {
        try (InputStream in = AnswerTables.class.getResourceAsStream("/conversions/answers.json")) {
            return Json.mapper().readTree(in).path("tables");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode of(String upstream) {
        for (JsonNode table : all()) {
            if (upstream.equals(table.path("name").asText())) {
                return table;
            }
        }
        throw new AssertionError("no table of " + upstream);
    }

    static List<String> targets(JsonNode table) {
        List<String> targets = new ArrayList<>();
        table.path("targets").forEach(target -> targets.add(target.asText()));
        return targets;
    }

    /** The base with the values of a row at their places; null takes away. */
    static String answer(JsonNode table, JsonNode row) {
        JsonNode answer = table.path("base").deepCopy();
        row.path("set").properties().forEach(set -> put(answer, set.getKey(), set.getValue()));
        return JsonOut.text(answer);
    }

    private static void put(JsonNode answer, String at, JsonNode value) {
        JsonPointer pointer = JsonPointer.compile(at);
        JsonNode parent = answer.at(pointer.head());
        String name = pointer.last().getMatchingProperty();
        if (parent instanceof ArrayNode array) {
            array.add(value);
        } else if (value.isNull()) {
            ((ObjectNode) parent).remove(name);
        } else {
            ((ObjectNode) parent).set(name, value);
        }
    }

    /** A request of a client's that wants to see all it can get. */
    static String request(String client, boolean stream) {
        return "openai".equals(client)
                ? "{\"model\":\"m\",\"stream\":" + stream
                        + ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],"
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
                : "{\"model\":\"m\",\"max_tokens\":4096,\"stream\":" + stream + ",\"tools\":[{\"name\":\"f\","
                        + "\"input_schema\":{\"type\":\"object\"}}],\"thinking\":{\"type\":\"enabled\","
                        + "\"budget_tokens\":1024},\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    }

    /** The tables as text. */
    static String document() {
        StringBuilder text = new StringBuilder();
        for (JsonNode table : all()) {
            List<String> targets = targets(table);
            text.append("\n## ").append(table.path("title").asText()).append("\n\n| field |");
            targets.forEach(target -> text.append(" to ")
                    .append("openai".equals(target) ? "OpenAI" : "Anthropic")
                    .append(" clients |"));
            text.append("\n| --- |").append(" --- |".repeat(targets.size())).append('\n');
            for (JsonNode row : table.path("rows")) {
                text.append("| ").append(row.path("field").asText()).append(" |");
                targets.forEach(target ->
                        text.append(' ').append(shown(row.path(target))).append(" |"));
                text.append('\n');
            }
        }
        return text.toString();
    }

    private static String shown(JsonNode cell) {
        StringBuilder text =
                new StringBuilder("**").append(cell.path("is").asText()).append("**");
        if (cell.has("at")) {
            text.append(" `").append(cell.path("at").asText().substring(1)).append('`');
        }
        if (cell.has("warning")) {
            text.append(" `").append(cell.path("warning").asText()).append('`');
        }
        if (cell.has("note")) {
            text.append(": ").append(cell.path("note").asText());
        }
        return text.toString();
    }
}
