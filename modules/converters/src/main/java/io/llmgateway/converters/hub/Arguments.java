package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.JsonTrees;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Tool arguments as models write them: usually a JSON object, sometimes nothing, a text around an object, or a piece
 * that was cut. What is no object even after one attempt to repair it is kept under {@code _raw_arguments}, never
 * thrown away. Stateless, thread-safe.
 */
public final class Arguments {
    private static final String RAW = "_raw_arguments";

    private Arguments() {}

    /** The arguments as an object. */
    public static JsonNode read(String text) {
        String stripped = text.strip();
        if (stripped.isEmpty()) {
            return JsonNodeFactory.instance.objectNode();
        }
        JsonNode parsed = parse(stripped);
        if (parsed != null && parsed.isTextual()) {
            JsonNode inner = parse(parsed.textValue());
            parsed = inner != null && inner.isObject() ? inner : parsed;
        }
        if (parsed == null) {
            parsed = parse(repaired(stripped));
        }
        return parsed != null && parsed.isObject()
                ? parsed
                : JsonNodeFactory.instance.objectNode().put(RAW, text);
    }

    /**
     * What a provider sent as a value, written as JSON. A text that holds JSON is not written a second time; any other
     * text stays a text.
     */
    public static String written(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "{}";
        }
        if (!value.isTextual()) {
            return JsonOut.text(value);
        }
        String text = value.textValue();
        if (text.isBlank() || isWhole(text)) {
            return text.isBlank() ? "{}" : text;
        }
        JsonNode understood = read(text);
        return JsonOut.text(isRaw(understood) ? value : understood);
    }

    /** True when the text is a whole JSON value, without any repair: nothing of it was cut. */
    public static boolean isWhole(String text) {
        return parse(text.strip()) != null;
    }

    /** True when the text was no object. */
    public static boolean isRaw(JsonNode input) {
        return input.size() == 1 && input.has(RAW);
    }

    private static @Nullable JsonNode parse(String text) {
        try {
            return JsonTrees.read(text);
        } catch (IOException e) {
            // that it cannot be read is the answer
            return null;
        }
    }

    /** Without the fence models like to put around JSON, and with the brackets closed that are open at the end. */
    private static String repaired(String text) {
        String bare = text;
        if (bare.startsWith("```")) {
            int line = bare.indexOf('\n');
            int end = bare.lastIndexOf("```");
            bare = line > 0 && end > line ? bare.substring(line + 1, end).strip() : bare;
        }
        Deque<Character> open = new ArrayDeque<>();
        boolean inString = false;
        for (int i = 0; i < bare.length(); i++) {
            char c = bare.charAt(i);
            if (inString) {
                i += c == '\\' ? 1 : 0;
                inString = c != '"';
            } else if (c == '"') {
                inString = true;
            } else if (c == '{' || c == '[') {
                open.push(c == '{' ? '}' : ']');
            } else if ((c == '}' || c == ']') && !open.isEmpty()) {
                open.pop();
            }
        }
        StringBuilder closed = new StringBuilder(bare);
        if (inString) {
            closed.append('"');
        }
        open.forEach(closed::append);
        return closed.toString();
    }
}
