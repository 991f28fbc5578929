package io.llmgateway.converters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Answers that providers could send: the tables' examples put together at random, every text replaced by one that
 * occurs only once, and fields that nobody knows at random places.
 */
final class RandomAnswers {
    private static final List<String> WORDS = List.of(
            "type",
            "role",
            "object",
            "finish_reason",
            "finishReason",
            "stop_reason",
            "format",
            "blockReason",
            "mimeType",
            "language",
            "outcome",
            "arguments");

    private final Random random;
    private int count;

    RandomAnswers(Random random) {
        this.random = random;
    }

    /** A whole answer. */
    JsonNode whole(JsonNode table) {
        JsonNode answer = table.path("base").deepCopy();
        List<JsonNode> rows = new ArrayList<>();
        table.path("rows").forEach(rows::add);
        int examples = 1 + random.nextInt(5);
        for (int i = 0; i < examples; i++) {
            JsonNode row = rows.get(random.nextInt(rows.size()));
            boolean without = row.path("set").properties().stream()
                    .anyMatch(set -> set.getValue().isNull() && "/candidates".equals(set.getKey()));
            if (!without) {
                answer = merged(answer, Loss.read(AnswerTables.answer(table, row)));
            }
        }
        JsonNode unique = unique("", answer);
        if (random.nextInt(3) == 0) {
            unknown(unique);
        }
        return unique;
    }

    /** Objects field by field, lists one behind the other, the second of two values. */
    private JsonNode merged(JsonNode a, JsonNode b) {
        if (a.isObject() && b.isObject()) {
            ObjectNode both = a.deepCopy();
            b.properties()
                    .forEach(member -> both.set(
                            member.getKey(),
                            both.has(member.getKey())
                                    ? merged(both.get(member.getKey()), member.getValue())
                                    : member.getValue()));
            return both;
        }
        boolean blocks = a.isArray()
                && b.isArray()
                && !a.equals(b)
                && !a.path(0).has("message")
                && !a.path(0).has("content");
        if (blocks) {
            ArrayNode both = a.deepCopy();
            b.forEach(both::add);
            return both;
        }
        return a.isArray() && b.isArray() ? JsonNodeFactory.instance.arrayNode().add(merged(a.path(0), b.path(0))) : b;
    }

    private JsonNode unique(String name, JsonNode node) {
        if (node.isObject()) {
            ObjectNode all = JsonNodeFactory.instance.objectNode();
            node.properties().forEach(member -> all.set(member.getKey(), unique(member.getKey(), member.getValue())));
            return all;
        }
        if (node.isArray()) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            node.forEach(element -> all.add(unique(name, element)));
            return all;
        }
        if (!node.isTextual() || node.textValue().isEmpty() || WORDS.contains(name)) {
            return node;
        }
        String text = node.textValue();
        if ("data".equals(name)) {
            return TextNode.valueOf("AA%06d".formatted(count++));
        }
        return TextNode.valueOf(text.contains("://") ? text + count++ + "z" : "s" + count++ + "z");
    }

    private void unknown(JsonNode node) {
        List<ObjectNode> objects = new ArrayList<>();
        gather(node, objects);
        objects.get(random.nextInt(objects.size())).put("x" + count++, "s" + count++ + "z");
    }

    private static void gather(JsonNode node, List<ObjectNode> into) {
        if (node instanceof ObjectNode object) {
            into.add(object);
        }
        node.forEach(child -> gather(child, into));
    }
}
