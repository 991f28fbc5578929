package io.llmgateway.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.wire.Json;

/** Makes arguments that fit a tool's schema. Stateless. */
final class Schemas {
    private Schemas() {}

    static String arguments(JsonNode schema) {
        ObjectNode arguments = Json.mapper().createObjectNode();
        for (var property : schema.path("properties").properties()) {
            JsonNode type = property.getValue().path("type");
            switch (type.asText("string").toLowerCase(java.util.Locale.ROOT)) {
                case "integer" -> arguments.put(property.getKey(), 9_007_199_254_740_993L);
                case "number" -> arguments.put(property.getKey(), 1.5);
                case "boolean" -> arguments.put(property.getKey(), true);
                case "array" -> arguments.putArray(property.getKey());
                case "object" -> arguments.putObject(property.getKey());
                default -> arguments.put(property.getKey(), "Oslo");
            }
        }
        return arguments.toString();
    }

    /** A JSON string with its quotes. */
    static String quoted(String text) {
        return Json.mapper().getNodeFactory().textNode(text).toString();
    }
}
