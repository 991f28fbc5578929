package io.llmgateway.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.model.Links;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderError;
import io.llmgateway.wire.JsonOut;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Copies what an error says beside its message, without what must stay hidden. Bounded in depth and in length: what is
 * larger than an error ever is loses everything but its type, code and field. Confined to one error.
 */
final class ErrorDetails {
    private static final int DEEPEST = 16;
    private static final int MOST_CHARS = 16 * 1024;
    private static final int MOST_TEXT = 4_000;
    private static final int MOST_FIELD = 200;
    /** What an error's frame is made of, which every protocol writes itself. */
    private static final Set<String> FRAME = Set.of("error", "type", "request_id", "object");

    private final Hiding hiding;
    private final boolean links;
    private final JsonNodeFactory nodes = JsonNodeFactory.instance;
    private int chars;

    /**
     * Copies without what is hidden.
     *
     * @param links false when links are hidden, too
     */
    ErrorDetails(Hiding hiding, boolean links) {
        this.hiding = hiding;
        this.links = links;
    }

    /**
     * Copies.
     *
     * @param around the whole body, or the event; null when it is the error itself
     * @param error the object that says what is wrong
     */
    ProviderError of(Protocol protocol, @Nullable JsonNode around, JsonNode error) {
        Map<String, String> members = new LinkedHashMap<>();
        Map<String, String> beside = new LinkedHashMap<>();
        for (var member : error.properties()) {
            members.put(name(member.getKey()), text(member.getValue()));
        }
        if (around != null) {
            for (var member : around.properties()) {
                if (!FRAME.contains(member.getKey())) {
                    beside.put(name(member.getKey()), text(member.getValue()));
                }
            }
        }
        boolean fits = chars <= MOST_CHARS;
        return new ProviderError(
                protocol,
                field(error.path("type")),
                code(error),
                hiding.clean(ErrorText.field(error), MOST_FIELD),
                fits ? members : Map.of(),
                fits ? beside : Map.of());
    }

    private String code(JsonNode error) {
        JsonNode own = error.path("details").path("error_code");
        JsonNode code = own.isTextual() ? own : error.path("code");
        String text = field(code);
        return ErrorSigns.saysNothing(text) ? "" : text;
    }

    private String field(JsonNode node) {
        return node.isTextual() ? hiding.clean(node.textValue(), MOST_FIELD) : "";
    }

    private String name(String name) {
        chars += name.length();
        return hiding.clean(name, MOST_FIELD);
    }

    private String text(JsonNode value) {
        if (chars > MOST_CHARS) {
            return "null";
        }
        return JsonOut.text(copy(value, 0));
    }

    private JsonNode copy(JsonNode node, int depth) {
        chars++;
        if (depth > DEEPEST || chars > MOST_CHARS) {
            return nodes.nullNode();
        }
        if (node.isTextual()) {
            chars += node.textValue().length();
            String text = hiding.clean(node.textValue(), MOST_TEXT);
            return nodes.textNode(links ? text : Links.hidden(text));
        }
        if (node.isArray()) {
            ArrayNode copy = nodes.arrayNode();
            node.forEach(each -> copy.add(copy(each, depth + 1)));
            return copy;
        }
        if (node.isObject()) {
            ObjectNode copy = nodes.objectNode();
            node.properties().forEach(member -> copy.set(name(member.getKey()), copy(member.getValue(), depth + 1)));
            return copy;
        }
        return node;
    }
}
