package io.llmgateway.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Finds what an error says to people, and about which field, whatever shape it has. Stateless, thread-safe. */
final class ErrorText {
    /** Most entries of a list of faults that are told. */
    private static final int MOST_ENTRIES = 8;

    private static final int MOST_PLAIN_BYTES = 2_000;
    private static final int DEEPEST = 4;
    /** Where the text stands, the surest place first; the name of an error is the last resort. */
    private static final List<String> PLACES = List.of(
            "message",
            "detail",
            "details",
            "msg",
            "status_msg",
            "error_description",
            "error_message",
            "errorMessage",
            "Message",
            "errors",
            "reason",
            "title",
            "error");

    private ErrorText() {}

    /** What the error says; empty when it says nothing. */
    static String of(JsonNode error) {
        return of(error, 0);
    }

    private static String of(JsonNode error, int depth) {
        if (depth > DEEPEST) {
            return "";
        }
        for (String place : PLACES) {
            String text = told(error.path(place), depth);
            if (!text.isBlank()) {
                return text;
            }
        }
        return "";
    }

    private static String told(JsonNode node, int depth) {
        if (node.isTextual()) {
            return node.textValue();
        }
        if (node.isArray()) {
            return list(node, depth);
        }
        return node.isObject() ? of(node, depth + 1) : "";
    }

    private static String list(JsonNode list, int depth) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < list.size() && i < MOST_ENTRIES; i++) {
            String text = told(list.get(i), depth + 1);
            String where = path(list.get(i).path("loc"));
            if (!text.isBlank()) {
                all.append(all.isEmpty() ? "" : "; ")
                        .append(where.isEmpty() ? "" : where + ": ")
                        .append(text);
            }
        }
        return all.toString();
    }

    /** The field at fault; empty when none is named. */
    static String field(JsonNode error) {
        JsonNode param = error.path("param");
        if (param.isTextual() || param.isNumber()) {
            return param.asText();
        }
        for (JsonNode list : List.of(
                error.path("detail"),
                error.path("message").path("detail"),
                error.path("details"),
                error.path("errors"))) {
            for (JsonNode entry : list) {
                String found = path(entry.path("loc"));
                if (!found.isEmpty()) {
                    return found;
                }
                found = entry.path("fieldViolations").path(0).path("field").asText("");
                if (!found.isEmpty()) {
                    return found;
                }
            }
        }
        return "";
    }

    /** As validators write it: {@code ["body","messages",0,"content"]}. */
    private static String path(JsonNode location) {
        StringBuilder path = new StringBuilder();
        if (location instanceof ArrayNode steps) {
            for (int i = 0; i < steps.size() && i < 32; i++) {
                path.append(i == 0 ? "" : ".").append(steps.get(i).asText(""));
            }
        }
        return path.toString();
    }

    /** What a body says that is no JSON, such as a proxy's page, without its tags. */
    static String plain(byte[] body) {
        String text = new String(body, 0, Math.min(body.length, MOST_PLAIN_BYTES), StandardCharsets.UTF_8);
        StringBuilder out = new StringBuilder();
        boolean tag = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            tag = c == '<' || (tag && c != '>');
            if (!tag && c != '>') {
                out.append(c);
            }
        }
        return out.toString().strip();
    }
}
