package io.llmgateway.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.wire.Json;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Makes arguments that fit a tool's schema: what is required of an object, or all of it when nothing is. Stateless. */
final class SampleArguments {
    private static final int MOST_LEVELS = 8;

    private SampleArguments() {}

    static String arguments(JsonNode schema) {
        return object(schema, 0).toString();
    }

    private static ObjectNode object(JsonNode schema, int level) {
        ObjectNode object = Json.mapper().createObjectNode();
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        for (var property : schema.path("properties").properties()) {
            if (required.isEmpty() || required.contains(property.getKey())) {
                put(object, property.getKey(), property.getValue(), level);
            }
        }
        return object;
    }

    private static void put(ObjectNode object, String name, JsonNode schema, int level) {
        JsonNode only =
                schema.has("const") ? schema.path("const") : schema.path("enum").path(0);
        if (!only.isMissingNode()) {
            object.set(name, only);
            return;
        }
        JsonNode type = schema.path("type").isArray() ? schema.path("type").path(0) : schema.path("type");
        switch (type.asText("string").toLowerCase(Locale.ROOT)) {
            case "integer" -> object.put(name, 9_007_199_254_740_993L);
            case "number" -> object.put(name, 1.5);
            case "boolean" -> object.put(name, true);
            case "array" -> object.putArray(name);
            case "object" ->
                object.set(
                        name,
                        level < MOST_LEVELS
                                ? object(schema, level + 1)
                                : object(Json.mapper().missingNode(), 0));
            default -> object.put(name, "Oslo");
        }
    }

    /** A JSON string with its quotes. */
    static String quoted(String text) {
        return Json.mapper().getNodeFactory().textNode(text).toString();
    }
}
