package io.llmgateway.converters.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.hub.SchemaGraph;
import io.llmgateway.converters.hub.SchemaGraph.Extent;
import io.llmgateway.converters.hub.SchemaGraph.Follow;
import io.llmgateway.converters.hub.Schemas;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.WorkBudget;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JSON Schema as Gemini's {@code parametersJsonSchema} and {@code responseJsonSchema} take it: references are inlined
 * where they end and the schema stays small enough, else they are kept; keywords it does not know become part of the
 * description. Source: the generative language API's field documentation. Confined to one schema.
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
            "default",
            "pattern",
            "minLength",
            "maxLength",
            "minProperties",
            "maxProperties",
            "propertyOrdering",
            "$ref",
            "$defs");
    private static final Set<String> SILENT = Set.of(
            "$schema",
            "$id",
            "$comment",
            "$anchor",
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

    /** How many schemas may stand inside each other once references are inlined. */
    private static final int MAX_DEPTH = 64;

    /** A schema may always grow to this size, in bytes, and to so many times its own. */
    private static final int SMALL = 64 * 1024;

    private static final int MAX_GROWTH = 10;

    private final SchemaGraph graph;
    private final boolean inline;
    private final boolean mergeReferences;
    private final WorkBudget work;
    private boolean weakened;

    private GeminiSchema(JsonNode root, Growth growth, WorkBudget work) {
        this.graph = new SchemaGraph(root, work);
        this.work = work;
        long own = Schemas.bytes(root, work);
        this.inline = fits(own, graph.measure(Follow.ALL), growth);
        this.mergeReferences = inline || fits(own, graph.measure(Follow.ALL_OF), growth);
    }

    /** What all schemas of one request may grow by. Confined to one request. */
    static final class Growth {
        private static final long MAX_BYTES = 4L * 1024 * 1024;

        private long left = MAX_BYTES;

        private boolean take(long bytes) {
            if (bytes > left) {
                return false;
            }
            left -= Math.max(0, bytes);
            return true;
        }
    }

    private static boolean fits(long own, Extent extent, Growth growth) {
        boolean small =
                extent.finite() && extent.depth() <= MAX_DEPTH && extent.bytes() <= Math.max(SMALL, own * MAX_GROWTH);
        return small && growth.take(extent.bytes() - own);
    }

    /** A schema to send, and whether it enforces less than the client's. */
    record Converted(JsonNode schema, boolean weakened) {}

    /** Converts one schema. */
    static Converted convert(JsonNode schema, Growth growth, WorkBudget work) {
        GeminiSchema conversion = new GeminiSchema(schema, growth, work);
        JsonNode converted = conversion.node(schema);
        return new Converted(converted, conversion.weakened);
    }

    private JsonNode node(JsonNode schema) {
        work.step(1);
        if (SchemaGraph.reference(schema) != null) {
            return reference(schema);
        }
        String only = mergeReferences ? null : onlyBranch(schema);
        if (only != null) {
            return kept(only);
        }
        ObjectNode copy = Schemas.copy(graph.merged(schema, mergeReferences, () -> weakened = true), this::node);
        if (copy.has("definitions")) {
            copy.set("$defs", copy.path("definitions"));
        }
        if (inline) {
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
        if (graph.resolve(reference) == null) {
            weakened = true;
            return JsonNodeFactory.instance.objectNode();
        }
        if (!inline) {
            return kept(reference);
        }
        ObjectNode inlined = graph.inlined(schema);
        return inlined == null ? JsonNodeFactory.instance.objectNode() : node(inlined);
    }

    private static JsonNode kept(String reference) {
        return JsonNodeFactory.instance.objectNode().put("$ref", reference.replace("#/definitions/", "#/$defs/"));
    }

    /** The reference that is the one branch of {@code allOf}, as many generators write a reference with neighbours. */
    private @Nullable String onlyBranch(JsonNode schema) {
        String only = schema.path("allOf").size() == 1
                ? SchemaGraph.reference(schema.path("allOf").path(0))
                : null;
        return only != null && !schema.has("properties") && graph.resolve(only) != null ? only : null;
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
                lost.add(name + ": " + JsonOut.document(value));
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
