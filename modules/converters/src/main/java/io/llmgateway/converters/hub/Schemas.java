package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Walks JSON Schemas through the places where a schema may stand, and nowhere else: a property that happens to be
 * called {@code format} or {@code $ref} is a property. Stateless, thread-safe.
 */
public final class Schemas {
    private static final Set<String> NAMED = Set.of("properties", "$defs", "definitions", "patternProperties");
    private static final Set<String> LISTS = Set.of("prefixItems", "anyOf", "oneOf", "allOf");
    private static final Set<String> SINGLE =
            Set.of("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames");

    private Schemas() {}

    /** A copy of one schema whose direct children went through {@code child}; key order stays. */
    public static ObjectNode copy(JsonNode schema, UnaryOperator<JsonNode> child) {
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> field : schema.properties()) {
            copy.set(field.getKey(), value(field.getKey(), field.getValue(), child));
        }
        return copy;
    }

    private static JsonNode value(String keyword, JsonNode value, UnaryOperator<JsonNode> child) {
        if (NAMED.contains(keyword) && value.isObject()) {
            ObjectNode named = JsonNodeFactory.instance.objectNode();
            value.properties().forEach(entry -> named.set(entry.getKey(), one(entry.getValue(), child)));
            return named;
        }
        if (value.isArray() && (LISTS.contains(keyword) || "items".equals(keyword))) {
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            value.forEach(element -> list.add(one(element, child)));
            return list;
        }
        return SINGLE.contains(keyword) ? one(value, child) : value;
    }

    private static JsonNode one(JsonNode value, UnaryOperator<JsonNode> child) {
        return value.isObject() ? child.apply(value) : value;
    }

    /** What a reference inside the document points to; null when it points elsewhere or nowhere. */
    public static @Nullable JsonNode resolve(JsonNode root, String reference) {
        if ("#".equals(reference)) {
            return root;
        }
        if (!reference.startsWith("#/")) {
            return null;
        }
        JsonNode target = root.at(reference.substring(1));
        return target.isMissingNode() ? null : target;
    }

    /** True when every reference can be followed to an end. */
    public static boolean isFinite(JsonNode root) {
        return isFinite(root, root, new HashSet<>());
    }

    private static boolean isFinite(JsonNode root, JsonNode schema, Set<String> open) {
        JsonNode reference = schema.path("$ref");
        if (reference.isTextual()) {
            JsonNode target = resolve(root, reference.textValue());
            if (target == null || !open.add(reference.textValue())) {
                return false;
            }
            boolean finite = isFinite(root, target, open);
            open.remove(reference.textValue());
            return finite;
        }
        boolean[] all = {true};
        copy(schema, child -> {
            all[0] = all[0] && isFinite(root, child, open);
            return child;
        });
        return all[0];
    }

    /** Adds a sentence to a schema's description. */
    public static void describe(ObjectNode schema, String sentence) {
        String before = schema.path("description").asText("");
        schema.put("description", before.isEmpty() ? sentence : before + " (" + sentence + ")");
    }
}
