package io.llmgateway.converters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.llmgateway.wire.Json;
import io.llmgateway.wire.JsonOut;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Looks for what an answer has lost on its way: every value that the provider sent is in the client's answer, under a
 * warning, or in a row of the table as mapped to something else or as meaningless there.
 */
final class Loss {
    /** What an answer without its thinking has lost, by the names that providers give it. */
    private static final Set<String> REASONING = Set.of(
            "choices[].message.reasoning",
            "choices[].message.reasoning_content",
            "choices[].message.reasoning_details[]");

    private final Set<String> excused = new HashSet<>();
    private final String out;
    private final StringBuilder texts = new StringBuilder();

    /** What the client has got, and what it was told of what it has not got. */
    Loss(String upstream, String client, String out, List<String> warnings) {
        this.out = out;
        for (JsonNode row : AnswerTables.of(upstream).path("rows")) {
            JsonNode cell = row.path(client);
            String is = cell.path("is").asText();
            String place = cell.path("at").asText() + row.path("field").asText();
            boolean without = (warnings.contains("dropped:response.citations") && place.contains("/citations/"))
                    || (warnings.contains("dropped:response.thinking") && place.contains("/thinking"))
                    || (warnings.contains("dropped:response.tool_calls")
                            && place.toLowerCase(Locale.ROOT).contains("call"));
            boolean warned = without
                    || (cell.has("warning")
                            && warnings.contains(cell.path("warning").asText()));
            if (warned || "mapped".equals(is) || "left out".equals(is)) {
                excused.add(row.path("field").asText().split(" ", 2)[0]);
            }
        }
        // the numbers of a stream's events
        excused.add("index");
        for (String warning : warnings) {
            excused.add(warning.substring(warning.indexOf("response.") + "response.".length()));
        }
        if (warnings.contains("dropped:response.thinking")) {
            excused.addAll(REASONING);
        }
        for (String line : out.split("\n", -1)) {
            String json = line.startsWith("data: ") ? line.substring("data: ".length()) : line;
            if (json.startsWith("{")) {
                gather(read(json));
            }
        }
    }

    static JsonNode read(String json) {
        try {
            return Json.mapper().readTree(json);
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }

    /** All texts one after the other, so that what came in pieces is found whole. */
    private void gather(JsonNode node) {
        if (node.isTextual()) {
            texts.append(node.textValue());
        }
        node.forEach(this::gather);
    }

    /** The values of an event, or of a whole answer, that are nowhere; with their places. */
    List<String> of(JsonNode sent) {
        List<String> lost = new ArrayList<>();
        walk(sent, "", Set.of(sent.path("type").asText("-")), lost);
        return lost;
    }

    private void walk(JsonNode node, String path, Set<String> names, List<String> lost) {
        if (names.stream().anyMatch(excused::contains)) {
            return;
        }
        if (node.isObject()) {
            node.properties().forEach(member -> {
                String field = renamed(node, path, member.getKey());
                String at = path.isEmpty() || field.isEmpty() ? path + field : path + "." + field;
                walk(member.getValue(), at, with(names, at, member.getValue(), path), lost);
            });
        } else if (node.isArray()) {
            for (JsonNode element : node) {
                walk(element, path + "[]", with(names, path + "[]", element, path + "[]"), lost);
            }
        } else if (!node.isNull() && !node.asText().isEmpty() && !isThere(node)) {
            lost.add(path + " = " + node.asText());
        }
    }

    /** Streams say the same as whole answers, in other words. */
    private static String renamed(JsonNode holder, String path, String name) {
        return switch (name) {
            case "delta" -> path.startsWith("choices") ? "message" : holder.has("index") ? "content[]" : "";
            case "content_block" -> "content[]";
            case "message" -> path.isEmpty() ? "" : name;
            case "citation" -> "citations[]";
            case "partial_json" -> "input";
            default -> name;
        };
    }

    private static Set<String> with(Set<String> names, String at, JsonNode value, String holder) {
        Set<String> more = new HashSet<>(names);
        more.add(at);
        if (value.path("type").isTextual()) {
            more.add(holder + "." + value.path("type").asText());
            more.add(at + "." + value.path("type").asText());
        }
        return more;
    }

    private boolean isThere(JsonNode value) {
        String text = value.asText();
        if (texts.indexOf(text) >= 0) {
            return true;
        }
        String escaped = JsonOut.text(TextNode.valueOf(text));
        return value.isTextual()
                ? out.contains(text) || out.contains(escaped.substring(1, escaped.length() - 1))
                : out.contains(":" + text) || texts.indexOf(":" + text) >= 0;
    }

    static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
