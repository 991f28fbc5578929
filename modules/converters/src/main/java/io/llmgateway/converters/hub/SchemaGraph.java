package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.wire.WorkBudget;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One JSON Schema as a graph: its schemas, and the references between them. Every schema is looked at once, however
 * often it is referred to, and nothing recurses along references, so that a measurement is linear in the schema's size.
 * Confined to one schema.
 */
public final class SchemaGraph {
    private static final long ENDLESS = Long.MAX_VALUE / 4;
    private static final JsonNode ANYTHING = JsonNodeFactory.instance.objectNode();

    private final JsonNode root;
    private final WorkBudget work;
    private final Map<String, JsonNode> resolved = new HashMap<>();

    /** Which references are followed. */
    public enum Follow {
        /** All of them. */
        ALL,
        /** Those that are a branch of {@code allOf}. */
        ALL_OF
    }

    /**
     * How large a schema becomes with its references replaced by what they name.
     *
     * @param bytes about how many bytes of JSON; without meaning when it has no end
     * @param depth how many schemas stand inside each other
     * @param finite false when a reference leads back to where it stands, or nowhere
     */
    public record Extent(long bytes, int depth, boolean finite) {}

    /** Looks at this schema. */
    public SchemaGraph(JsonNode root, WorkBudget work) {
        this.root = root;
        this.work = work;
    }

    /** What a reference points to; null when that is no schema of this document. */
    public @Nullable JsonNode resolve(String reference) {
        JsonNode known = resolved.get(reference);
        if (known == null) {
            work.bytes(reference.length());
            known = find(reference);
            resolved.put(reference, known);
        }
        return known.isMissingNode() ? null : known;
    }

    private JsonNode find(String reference) {
        if ("#".equals(reference)) {
            return root;
        }
        if (!reference.startsWith("#/")) {
            return JsonNodeFactory.instance.missingNode();
        }
        JsonNode target = root.at(pointer(reference));
        if (target.isBoolean() && target.booleanValue()) {
            return ANYTHING;
        }
        return target.isObject() ? target : JsonNodeFactory.instance.missingNode();
    }

    private static String pointer(String reference) {
        if (reference.indexOf('%') < 0) {
            return reference.substring(1);
        }
        try {
            String decoded = new URI(reference).getFragment();
            return decoded == null ? reference.substring(1) : decoded;
        } catch (URISyntaxException e) {
            // not a URI: looked up as it is spelled
            return reference.substring(1);
        }
    }

    /** The reference a schema consists of; null when it is none. */
    public static @Nullable String reference(JsonNode schema) {
        JsonNode reference = schema.path("$ref");
        return reference.isTextual() ? reference.textValue() : null;
    }

    /** One schema whose parts are being measured. */
    private static final class Visit {
        private final List<JsonNode> parts;
        private int next;
        private long bytes;
        private int depth;
        private boolean done;

        Visit(List<JsonNode> parts, long bytes) {
            this.parts = parts;
            this.bytes = bytes;
        }
    }

    /** Measures the whole schema. */
    public Extent measure(Follow follow) {
        IdentityHashMap<JsonNode, Visit> seen = new IdentityHashMap<>();
        Deque<Visit> open = new ArrayDeque<>();
        Visit first = visit(root, follow, seen);
        open.push(first);
        while (!open.isEmpty()) {
            Visit visit = open.peek();
            if (visit.next == visit.parts.size()) {
                visit.done = true;
                open.pop();
                if (!open.isEmpty()) {
                    add(open.peek(), visit);
                }
                continue;
            }
            JsonNode part = visit.parts.get(visit.next++);
            if (part.isMissingNode()) {
                return new Extent(0, 0, false);
            }
            Visit known = seen.get(part);
            if (known == null) {
                open.push(visit(part, follow, seen));
            } else if (known.done) {
                add(visit, known);
            } else {
                return new Extent(0, 0, false);
            }
        }
        return new Extent(first.bytes, first.depth, true);
    }

    private static void add(Visit to, Visit part) {
        to.bytes = Math.min(ENDLESS, to.bytes + part.bytes);
        to.depth = Math.max(to.depth, part.depth + 1);
    }

    private Visit visit(JsonNode schema, Follow follow, IdentityHashMap<JsonNode, Visit> seen) {
        work.step(1);
        List<JsonNode> parts = new ArrayList<>();
        String reference = reference(schema);
        if (reference != null && follow == Follow.ALL) {
            parts.add(followed(reference));
        }
        // what stands beside a reference becomes part of what it names
        if (reference == null || follow == Follow.ALL) {
            for (Map.Entry<String, JsonNode> field : schema.properties()) {
                below(field, follow, parts);
            }
        }
        Visit visit = new Visit(parts, Schemas.ownBytes(schema, work));
        seen.put(schema, visit);
        return visit;
    }

    /** Adds the schemas below one keyword; of a branch that is followed, what stands beside its reference as well. */
    private void below(Map.Entry<String, JsonNode> field, Follow follow, List<JsonNode> parts) {
        boolean followed = "allOf".equals(field.getKey()) && follow == Follow.ALL_OF;
        Schemas.children(field.getKey(), field.getValue(), child -> {
            String reference = followed ? reference(child) : null;
            if (reference == null) {
                parts.add(child);
            } else {
                parts.add(followed(reference));
                child.properties().forEach(beside -> below(beside, follow, parts));
            }
        });
    }

    private JsonNode followed(String reference) {
        JsonNode target = resolve(reference);
        return target == null ? JsonNodeFactory.instance.missingNode() : target;
    }

    /**
     * A schema that is a reference, replaced by what it names in the end; what stands beside the references wins. Only
     * for references that are known to end.
     *
     * @return null when it leads nowhere
     */
    public @Nullable ObjectNode inlined(JsonNode schema) {
        List<JsonNode> chain = new ArrayList<>();
        JsonNode at = schema;
        String reference = reference(at);
        while (reference != null) {
            work.step(1);
            chain.add(at);
            at = resolve(reference);
            if (at == null) {
                return null;
            }
            reference = reference(at);
        }
        ObjectNode inlined = JsonNodeFactory.instance.objectNode();
        at.properties().forEach(field -> inlined.set(field.getKey(), field.getValue()));
        for (JsonNode holder : chain.reversed()) {
            for (Map.Entry<String, JsonNode> field : holder.properties()) {
                if (!"$ref".equals(field.getKey())) {
                    inlined.set(field.getKey(), field.getValue());
                }
            }
        }
        return inlined;
    }

    /**
     * All branches of {@code allOf} in one schema, those inside branches too.
     *
     * @param follow true when branches that are references are known to end and become part of it
     * @param lost is told of every branch that is left out
     */
    public JsonNode merged(JsonNode schema, boolean follow, Runnable lost) {
        if (!schema.path("allOf").isArray()) {
            return schema;
        }
        Merge merge = new Merge();
        merge(merge, schema, follow, lost);
        return merge.merged;
    }

    private void merge(Merge into, JsonNode schema, boolean follow, Runnable lost) {
        for (JsonNode branch : schema.path("allOf")) {
            work.step(1);
            String reference = reference(branch);
            JsonNode target = reference == null ? branch : follow ? inlined(branch) : null;
            if (target == null) {
                lost.run();
            } else {
                merge(into, target, follow, lost);
            }
        }
        into.overlay(schema);
    }

    /** Branches put together. Confined to one schema. */
    private static final class Merge {
        private final ObjectNode merged = JsonNodeFactory.instance.objectNode();
        private @Nullable ObjectNode properties;
        private @Nullable ArrayNode required;

        void overlay(JsonNode from) {
            for (Map.Entry<String, JsonNode> field : from.properties()) {
                switch (field.getKey()) {
                    case "allOf" -> {
                        // its branches were merged before
                    }
                    case "properties" -> properties(field.getValue());
                    case "required" -> required(field.getValue());
                    default -> merged.set(field.getKey(), field.getValue());
                }
            }
        }

        private void properties(JsonNode value) {
            ObjectNode all = properties == null ? merged.putObject("properties") : properties;
            properties = all;
            value.properties().forEach(p -> all.set(p.getKey(), p.getValue()));
        }

        private void required(JsonNode value) {
            ArrayNode all = required == null ? merged.putArray("required") : required;
            required = all;
            value.forEach(all::add);
        }
    }
}
