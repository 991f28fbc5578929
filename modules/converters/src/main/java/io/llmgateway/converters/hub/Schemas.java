package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.wire.WorkBudget;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Walks JSON Schemas through the places where a schema may stand, and nowhere else: a property that happens to be
 * called {@code format} or {@code $ref} is a property. Stateless, thread-safe.
 */
public final class Schemas {
    private static final Set<String> NAMED = Set.of("properties", "$defs", "definitions", "patternProperties");
    private static final Set<String> LISTS = Set.of("prefixItems", "anyOf", "oneOf", "allOf");
    private static final Set<String> SINGLE =
            Set.of("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames");

    private static final Set<String> CAPITALS =
            Set.of("STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL");

    private Schemas() {}

    /** True when a type stands in capitals anywhere, as in Google's form of schemas. */
    public static boolean hasCapitals(JsonNode schema) {
        boolean[] found = {CAPITALS.contains(schema.path("type").asText(""))};
        for (Map.Entry<String, JsonNode> field : schema.properties()) {
            children(field.getKey(), field.getValue(), child -> found[0] = found[0] || hasCapitals(child));
        }
        return found[0];
    }

    /** A copy whose types are those of JSON Schema, in small letters. */
    public static ObjectNode withoutCapitals(JsonNode schema) {
        ObjectNode copy = copy(schema, Schemas::withoutCapitals);
        String type = copy.path("type").asText("");
        if (CAPITALS.contains(type)) {
            copy.put("type", type.toLowerCase(Locale.ROOT));
        }
        return copy;
    }

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

    /** Hands out the schemas that stand directly below one keyword of a schema. */
    static void children(String keyword, JsonNode value, Consumer<JsonNode> child) {
        if (NAMED.contains(keyword) || LISTS.contains(keyword) || (value.isArray() && "items".equals(keyword))) {
            boolean fits = value.isObject() == NAMED.contains(keyword);
            for (JsonNode element : fits ? value : JsonNodeFactory.instance.arrayNode()) {
                if (element.isObject()) {
                    child.accept(element);
                }
            }
        } else if (value.isObject() && SINGLE.contains(keyword)) {
            child.accept(value);
        }
    }

    /** About how many bytes of JSON a schema has without the schemas below it. */
    static long ownBytes(JsonNode schema, WorkBudget work) {
        long bytes = 2;
        for (Map.Entry<String, JsonNode> field : schema.properties()) {
            String keyword = field.getKey();
            JsonNode value = field.getValue();
            bytes += keyword.length() + 4L;
            if (NAMED.contains(keyword) && value.isObject()) {
                for (Map.Entry<String, JsonNode> entry : value.properties()) {
                    work.step(1);
                    bytes += entry.getKey().length() + 4L;
                }
            } else if (value.isTextual()) {
                bytes += value.textValue().length();
            } else if (!LISTS.contains(keyword) && !SINGLE.contains(keyword)) {
                bytes += bytes(value, work);
            }
        }
        return bytes;
    }

    /** About how many bytes of JSON a value has. */
    public static long bytes(JsonNode value, WorkBudget work) {
        work.step(1);
        long bytes = 2;
        if (value.isObject()) {
            for (Map.Entry<String, JsonNode> field : value.properties()) {
                bytes += field.getKey().length() + 4L + bytes(field.getValue(), work);
            }
        } else {
            for (JsonNode element : value) {
                bytes += 1 + bytes(element, work);
            }
            bytes += value.isTextual() ? value.textValue().length() : value.isNumber() ? 8 : 4;
        }
        return bytes;
    }

    /** True when every reference can be followed to an end; linear in the schema's size. */
    public static boolean isFinite(JsonNode root, WorkBudget work) {
        return new SchemaGraph(root, work).measure(SchemaGraph.Follow.ALL).finite();
    }

    /** Adds a sentence to a schema's description. */
    public static void describe(ObjectNode schema, String sentence) {
        String before = schema.path("description").asText("");
        schema.put("description", before.isEmpty() ? sentence : before + " (" + sentence + ")");
    }
}
