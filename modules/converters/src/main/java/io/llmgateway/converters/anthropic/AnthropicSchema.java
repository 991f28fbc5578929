package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.hub.SchemaGraph;
import io.llmgateway.converters.hub.Schemas;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.WorkBudget;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Schemas as Anthropic accepts them. Source: its structured outputs guide; what its own SDKs do with keywords that are
 * not supported is done here too: they become part of the description. Immutable.
 *
 * @param schema the schema to send
 * @param weakened true when it enforces less than the client's
 * @param expressible false when it cannot be sent at all
 */
record AnthropicSchema(JsonNode schema, boolean weakened, boolean expressible) {
    private static final Set<String> FORMATS =
            Set.of("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid");
    private static final Set<String> UNSUPPORTED = Set.of(
            "minLength",
            "maxLength",
            "pattern",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "maxItems",
            "uniqueItems",
            "minProperties",
            "maxProperties",
            "patternProperties",
            "propertyNames",
            "contains",
            "if",
            "then",
            "else",
            "not");
    private static final JsonNode CLOSED = JsonNodeFactory.instance.booleanNode(false);
    private static final List<String> COMBINATORS = List.of("anyOf", "oneOf", "allOf");

    /** A schema for an answer or a strict tool: a small part of JSON Schema. */
    static AnthropicSchema forOutput(JsonNode schema, WorkBudget work) {
        boolean expressible = "object".equals(schema.path("type").asText()) && Schemas.isFinite(schema, work);
        boolean[] weakened = {false};
        return new AnthropicSchema(expressible ? output(schema, weakened) : schema, weakened[0], expressible);
    }

    private static JsonNode output(JsonNode schema, boolean[] weakened) {
        ObjectNode copy = Schemas.copy(schema, child -> output(child, weakened));
        List<String> lost = new ArrayList<>();
        for (String keyword : List.copyOf(names(copy))) {
            boolean many = "minItems".equals(keyword) && copy.path(keyword).asInt() > 1;
            boolean format = "format".equals(keyword)
                    && !FORMATS.contains(copy.path(keyword).asText());
            if (many || format || UNSUPPORTED.contains(keyword)) {
                lost.add(keyword + ": " + JsonOut.document(copy.path(keyword)));
                copy.remove(keyword);
            }
        }
        if (!lost.isEmpty()) {
            Schemas.describe(copy, String.join(", ", lost));
            weakened[0] = true;
        }
        if (copy.has("oneOf") && !copy.has("anyOf")) {
            copy.set("anyOf", copy.remove("oneOf"));
        }
        if (isObject(copy)) {
            weakened[0] |= copy.has("additionalProperties")
                    && !copy.path("additionalProperties").equals(CLOSED);
            copy.put("additionalProperties", false);
        }
        return copy;
    }

    /** True when an object may have more properties than it names; references are not followed. */
    static boolean isOpen(JsonNode schema) {
        boolean object = "object".equals(schema.path("type").asText()) || schema.has("properties");
        boolean[] open = {object && !schema.path("additionalProperties").equals(CLOSED)};
        Schemas.copy(schema, child -> {
            open[0] = open[0] || isOpen(child);
            return child;
        });
        return open[0];
    }

    private static boolean isObject(ObjectNode schema) {
        return "object".equals(schema.path("type").asText()) || schema.has("properties");
    }

    private static Set<String> names(ObjectNode node) {
        Set<String> names = new LinkedHashSet<>();
        node.properties().forEach(entry -> names.add(entry.getKey()));
        return names;
    }

    /** A schema for a tool: an object without alternatives at its top. */
    static AnthropicSchema forTool(JsonNode schema, WorkBudget work) {
        boolean combined = COMBINATORS.stream().anyMatch(schema::has);
        boolean complete = "object".equals(schema.path("type").asText()) && schema.has("properties");
        if (!combined && complete) {
            return new AnthropicSchema(schema, false, true);
        }
        ObjectNode copy = JsonNodeFactory.instance.objectNode().put("type", "object");
        ObjectNode properties = copy.putObject("properties");
        schema.path("properties").properties().forEach(p -> properties.set(p.getKey(), p.getValue()));
        for (Map.Entry<String, JsonNode> field : schema.properties()) {
            boolean own = "type".equals(field.getKey()) || "properties".equals(field.getKey());
            if (!own && !COMBINATORS.contains(field.getKey())) {
                copy.set(field.getKey(), field.getValue());
            }
        }
        SchemaGraph graph = new SchemaGraph(schema, work);
        for (String combinator : COMBINATORS) {
            merge(graph, schema.path(combinator), "allOf".equals(combinator), copy, properties);
        }
        return new AnthropicSchema(copy, combined, true);
    }

    /** All properties of the branches; required is what one (all of) or every branch demands. */
    private static void merge(
            SchemaGraph graph, JsonNode branches, boolean union, ObjectNode into, ObjectNode properties) {
        Set<String> required = null;
        Set<JsonNode> merged = Collections.newSetFromMap(new IdentityHashMap<>());
        for (JsonNode branch : branches) {
            String reference = SchemaGraph.reference(branch);
            JsonNode target = reference == null ? branch : graph.resolve(reference);
            // a branch that is repeated by reference adds nothing
            if (target == null || !merged.add(target)) {
                continue;
            }
            target.path("properties").properties().forEach(p -> properties.putIfAbsent(p.getKey(), p.getValue()));
            Set<String> own = new LinkedHashSet<>();
            target.path("required").forEach(name -> own.add(name.asText()));
            if (required == null) {
                required = own;
            } else if (union) {
                required.addAll(own);
            } else {
                required.retainAll(own);
            }
        }
        if (required != null && !required.isEmpty()) {
            Set<String> all = new LinkedHashSet<>();
            into.path("required").forEach(name -> all.add(name.asText()));
            all.addAll(required);
            ArrayNode list = into.putArray("required");
            all.forEach(list::add);
        }
    }
}
