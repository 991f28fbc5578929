package io.llmgateway.converters.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.hub.Schemas;
import io.llmgateway.wire.JsonOut;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * JSON Schema as Gemini's {@code parametersJsonSchema} and {@code responseJsonSchema} take it: references are inlined
 * where they end, keywords it does not know become part of the description. Source: the generative language API's field
 * documentation. Confined to one schema.
 */
final class GeminiSchema {
    private static final Set<String> KEPT = Set.of(
            "type",
            "format",
            "title",
            "description",
            "enum",
            "items",
            "prefixItems",
            "minItems",
            "maxItems",
            "minimum",
            "maximum",
            "anyOf",
            "properties",
            "additionalProperties",
            "required",
            "propertyOrdering",
            "$ref",
            "$defs");
    private static final Set<String> SILENT = Set.of(
            "$schema",
            "$id",
            "$comment",
            "$anchor",
            "default",
            "examples",
            "example",
            "readOnly",
            "writeOnly",
            "deprecated",
            "strict",
            "nullable",
            "definitions",
            "const",
            "oneOf",
            "allOf");
    private static final Set<String> FORMATS =
            Set.of("date-time", "date", "time", "int32", "int64", "float", "double", "enum");

    private final JsonNode root;
    private final boolean finite;
    private boolean weakened;

    private GeminiSchema(JsonNode root) {
        this.root = root;
        this.finite = Schemas.isFinite(root);
    }

    /** A schema to send, and whether it enforces less than the client's. */
    record Converted(JsonNode schema, boolean weakened) {}

    /** Converts one schema. */
    static Converted convert(JsonNode schema) {
        GeminiSchema conversion = new GeminiSchema(schema);
        JsonNode converted = conversion.node(schema);
        return new Converted(converted, conversion.weakened);
    }

    private JsonNode node(JsonNode schema) {
        if (schema.path("$ref").isTextual()) {
            return reference(schema);
        }
        ObjectNode copy = Schemas.copy(merged(schema), this::node);
        if (copy.has("definitions")) {
            copy.set("$defs", copy.path("definitions"));
        }
        if (finite) {
            copy.remove("$defs");
        }
        alternatives(copy);
        bounds(copy);
        dropUnknown(copy);
        shape(copy);
        return copy;
    }

    /** A reference that ends is replaced by what it names, its neighbours on top; one that does not stays alone. */
    private JsonNode reference(JsonNode schema) {
        String reference = schema.path("$ref").textValue();
        JsonNode target = Schemas.resolve(root, reference);
        if (target == null) {
            weakened = true;
            return JsonNodeFactory.instance.objectNode();
        }
        if (!finite) {
            String kept = reference.replace("#/definitions/", "#/$defs/");
            return JsonNodeFactory.instance.objectNode().put("$ref", kept);
        }
        ObjectNode inlined = target.deepCopy();
        for (Map.Entry<String, JsonNode> field : schema.properties()) {
            if (!"$ref".equals(field.getKey())) {
                inlined.set(field.getKey(), field.getValue());
            }
        }
        return node(inlined);
    }

    /** All branches of {@code allOf} in one schema. */
    private JsonNode merged(JsonNode schema) {
        if (!schema.path("allOf").isArray()) {
            return schema;
        }
        ObjectNode merged = JsonNodeFactory.instance.objectNode();
        for (JsonNode branch : schema.path("allOf")) {
            JsonNode reference = branch.path("$ref");
            JsonNode target = reference.isTextual() ? Schemas.resolve(root, reference.textValue()) : branch;
            overlay(merged, target == null ? JsonNodeFactory.instance.objectNode() : target);
        }
        overlay(merged, schema);
        merged.remove("allOf");
        return merged;
    }

    private static void overlay(ObjectNode onto, JsonNode from) {
        for (Map.Entry<String, JsonNode> field : from.properties()) {
            String key = field.getKey();
            if ("properties".equals(key) && onto.path(key).isObject()) {
                ObjectNode both = onto.path(key).deepCopy();
                field.getValue().properties().forEach(p -> both.set(p.getKey(), p.getValue()));
                onto.set(key, both);
            } else if ("required".equals(key) && onto.path(key).isArray()) {
                ArrayNode both = onto.path(key).deepCopy();
                field.getValue().forEach(both::add);
                onto.set(key, both);
            } else {
                onto.set(key, field.getValue());
            }
        }
    }

    private static void alternatives(ObjectNode copy) {
        if (copy.has("oneOf") && !copy.has("anyOf")) {
            copy.set("anyOf", copy.path("oneOf"));
        }
        if (copy.has("const")) {
            copy.putArray("enum").add(copy.path("const"));
        }
        if (copy.path("nullable").asBoolean() && copy.path("type").isTextual()) {
            String type = copy.path("type").textValue();
            copy.putArray("type").add(type).add("null");
        }
    }

    private void bounds(ObjectNode copy) {
        bound(copy, "exclusiveMinimum", "minimum", BigDecimal.ONE);
        bound(copy, "exclusiveMaximum", "maximum", BigDecimal.ONE.negate());
    }

    private void bound(ObjectNode copy, String exclusive, String inclusive, BigDecimal step) {
        JsonNode value = copy.remove(exclusive);
        if (value == null || !value.isNumber()) {
            return;
        }
        boolean whole = "integer".equals(copy.path("type").asText());
        copy.put(inclusive, whole ? value.decimalValue().add(step) : value.decimalValue());
        weakened |= !whole;
    }

    private void dropUnknown(ObjectNode copy) {
        List<String> lost = new ArrayList<>();
        List<String> names = new ArrayList<>();
        copy.properties().forEach(entry -> names.add(entry.getKey()));
        for (String name : names) {
            boolean format =
                    "format".equals(name) && !FORMATS.contains(copy.path(name).asText());
            if (KEPT.contains(name) && !format) {
                continue;
            }
            JsonNode value = copy.remove(name);
            if (!SILENT.contains(name)) {
                lost.add(name + ": " + JsonOut.text(value));
            }
        }
        if (!lost.isEmpty()) {
            weakened = true;
            Schemas.describe(copy, String.join(", ", lost));
        }
    }

    private static void shape(ObjectNode copy) {
        JsonNode properties = copy.path("properties");
        if (properties instanceof ObjectNode object) {
            List<String> never = new ArrayList<>();
            object.properties().forEach(p -> {
                if (p.getValue().isBoolean() && !p.getValue().booleanValue()) {
                    never.add(p.getKey());
                } else if (p.getValue().isBoolean()) {
                    p.setValue(JsonNodeFactory.instance.objectNode());
                }
            });
            object.remove(never);
        }
        if (copy.path("required").isArray()) {
            Set<String> known = new HashSet<>();
            properties.properties().forEach(p -> known.add(p.getKey()));
            ArrayNode kept = JsonNodeFactory.instance.arrayNode();
            copy.path("required").forEach(name -> {
                if (known.contains(name.asText())) {
                    kept.add(name);
                }
            });
            copy.set("required", kept);
        }
        if ("array".equals(copy.path("type").asText()) && !copy.has("items") && !copy.has("prefixItems")) {
            copy.putObject("items");
        }
    }
}
