package io.llmgateway.converters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.llmgateway.wire.JsonOut;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An object that comes in pieces, as in the deltas of a stream: texts are put together, members of objects are joined
 * by their names and those of lists by their {@code index}; of everything else the last piece counts. Confined to one
 * answer.
 */
public final class Growing {
    /** Texts that are a label: said once, or again the same. */
    private static final Set<String> LABELS = Set.of("id", "type", "role", "object", "model", "format", "name");

    private final Map<String, Object> members = new LinkedHashMap<>();

    /** A list that grows. */
    private record Grown(List<Object> elements) {
        /** The element that a piece belongs to; null for a new one. */
        private @Nullable Growing same(JsonNode piece) {
            JsonNode index = piece.path("index");
            if (index.isIntegralNumber()) {
                return at(index.intValue());
            }
            boolean call = piece.has("function") || piece.has("custom");
            boolean named = !piece.path("id").asText("").isEmpty();
            return call && !named && !elements.isEmpty() && elements.getLast() instanceof Growing last ? last : null;
        }

        private @Nullable Growing at(int index) {
            for (int i = elements.size() - 1; i >= 0; i--) {
                if (elements.get(i) instanceof Growing element
                        && element.members.get("index") instanceof JsonNode own
                        && own.intValue() == index) {
                    return element;
                }
            }
            return null;
        }
    }

    /** True when no piece had this member. */
    public boolean lacks(String name) {
        return !members.containsKey(name);
    }

    /** Takes a piece. */
    public void add(JsonNode piece) {
        for (Map.Entry<String, JsonNode> member : piece.properties()) {
            add(member.getKey(), member.getValue());
        }
    }

    /** Takes a piece of one member; null says nothing of what is there. */
    public void add(String name, JsonNode piece) {
        Object before = members.get(name);
        if (before == null) {
            members.put(name, begun(piece));
        } else if (!piece.isNull()) {
            members.put(name, joined(name, before, piece));
        }
    }

    private static Object begun(JsonNode piece) {
        if (piece.isTextual()) {
            StringBuilder text = new StringBuilder();
            text.append(piece.textValue());
            return text;
        }
        if (piece.isObject()) {
            Growing object = new Growing();
            object.add(piece);
            return object;
        }
        if (piece.isArray()) {
            return grown(new Grown(new ArrayList<>()), piece);
        }
        return piece;
    }

    private static Object joined(String name, Object before, JsonNode piece) {
        if (before instanceof StringBuilder text && piece.isTextual()) {
            String more = piece.textValue();
            if (!LABELS.contains(name) || text.isEmpty()) {
                text.append(more);
            } else if ("name".equals(name) && !more.contentEquals(text)) {
                // names come in pieces, too
                text.append(more);
            }
            return text;
        }
        if (before instanceof Growing object && piece.isObject()) {
            object.add(piece);
            return object;
        }
        return before instanceof Grown list && piece.isArray() ? grown(list, piece) : begun(piece);
    }

    private static Grown grown(Grown list, JsonNode pieces) {
        for (JsonNode piece : pieces) {
            Growing same = piece.isObject() ? list.same(piece) : null;
            if (same == null) {
                list.elements.add(begun(piece));
            } else {
                same.add(piece);
            }
        }
        return list;
    }

    /** Writes a value of this object, or null when it has none. */
    public void write(String name, JsonOut json) {
        write(json.name(name), members.getOrDefault(name, NullNode.getInstance()), false);
    }

    /** Writes all members but those that were written already. */
    public void writeOthers(Set<String> written, JsonOut json) {
        members.forEach((name, value) -> {
            if (!written.contains(name)) {
                write(json.name(name), value, "tool_calls".equals(name));
            }
        });
    }

    /** An index numbers the pieces of calls; a whole answer has none. */
    private static void write(JsonOut json, Object value, boolean calls) {
        switch (value) {
            case StringBuilder text -> json.string(text.toString());
            case Growing object -> {
                object.writeOthers(Set.of(), json.object());
                json.endObject();
            }
            case Grown list -> {
                json.array();
                for (Object element : list.elements) {
                    if (calls && element instanceof Growing call) {
                        call.writeOthers(Set.of("index"), json.object());
                        json.endObject();
                    } else {
                        write(json, element, false);
                    }
                }
                json.endArray();
            }
            default -> json.tree((JsonNode) value);
        }
    }
}
