package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.hub.Schemas;
import java.util.HashSet;
import java.util.Set;

/** Which schemas OpenAI can enforce. Source: its structured outputs guide. Stateless, thread-safe. */
final class OpenAiSchema {
    private OpenAiSchema() {}

    /** True when every object is closed and demands all its properties. */
    static boolean isStrict(JsonNode schema) {
        boolean object = "object".equals(schema.path("type").asText()) || schema.has("properties");
        boolean[] strict = {!object || isClosed(schema)};
        Schemas.copy(schema, child -> {
            strict[0] = strict[0] && isStrict(child);
            return child;
        });
        return strict[0];
    }

    private static boolean isClosed(JsonNode schema) {
        JsonNode more = schema.path("additionalProperties");
        if (!more.isBoolean() || more.booleanValue()) {
            return false;
        }
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        for (var property : schema.path("properties").properties()) {
            if (!required.contains(property.getKey())) {
                return false;
            }
        }
        return true;
    }
}
