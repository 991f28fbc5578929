package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.JsonTrees;
import io.llmgateway.wire.OutBuffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Hides the usage chunk that the gateway asked for and the client did not. Servers put other things on that chunk, such
 * as {@code timings}, which stand on the chunk with the finish reason when nobody asks for usage: that chunk waits for
 * the one behind it, and takes them. Confined to one stream.
 */
final class OpenAiHiddenUsage {
    private static final Set<String> OF_EVERY_CHUNK =
            Set.of("id", "object", "created", "model", "choices", "usage", "obfuscation");
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final int INITIAL_BYTES = 512;

    private final OutBuffer held = new OutBuffer(INITIAL_BYTES);

    /** Where the chunk with the finish reason waits; empty when none does. */
    OutBuffer held() {
        return held;
    }

    /** Sends what waits. */
    void flush(OutBuffer out) {
        if (held.length() > 0) {
            out.write(held.array(), 0, held.length());
            held.clear();
        }
    }

    /** Sends what waits together with what a hidden chunk holds beside usage. */
    void flushWith(byte[] json, int start, int end, OutBuffer out) {
        ObjectNode others = others(tree(json, start, end));
        int open = firstBrace();
        int close = lastBrace();
        if (others.isEmpty()) {
            flush(out);
        } else if (open < close && tree(held.array(), open, close + 1) instanceof ObjectNode waiting) {
            others.properties().forEach(other -> {
                if (!waiting.hasNonNull(other.getKey())) {
                    waiting.set(other.getKey(), other.getValue());
                }
            });
            out.write(held.array(), 0, open);
            new JsonOut(out).tree(waiting);
            out.write(held.array(), close + 1, held.length() - close - 1);
            held.clear();
        } else {
            flush(out);
            others.putArray("choices");
            new JsonOut(out.write(DATA)).tree(others);
            out.write(END);
        }
    }

    /** True when the choices say nothing at all, as on the usage chunk of some proxies. */
    static boolean saysNothing(byte[] json, int start, int end) {
        JsonNode choices = tree(json, start, end);
        if (choices == null) {
            return false;
        }
        for (JsonNode choice : choices) {
            for (Map.Entry<String, JsonNode> member : choice.properties()) {
                boolean number = "index".equals(member.getKey());
                if (!number && !isNothing(member.getValue())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** True for null and for what is empty. */
    static boolean isNothing(JsonNode value) {
        if (value.isObject()) {
            return value.properties().stream().allMatch(member -> isNothing(member.getValue()));
        }
        return value.isNull()
                || (value.isTextual() && value.textValue().isEmpty())
                || (value.isArray() && value.isEmpty());
    }

    private static ObjectNode others(@Nullable JsonNode hidden) {
        ObjectNode others = JsonNodeFactory.instance.objectNode();
        if (hidden != null) {
            hidden.properties().forEach(member -> {
                JsonNode value = withoutUsage(member.getValue());
                if (!OF_EVERY_CHUNK.contains(member.getKey()) && !isNothing(value)) {
                    others.set(member.getKey(), value);
                }
            });
        }
        return others;
    }

    /** Some servers repeat usage in an object of their own. */
    private static JsonNode withoutUsage(JsonNode value) {
        if (value.isObject() && value.has("usage")) {
            ObjectNode rest = value.deepCopy();
            rest.remove("usage");
            return rest;
        }
        return value;
    }

    private int firstBrace() {
        int at = 0;
        while (at < held.length() && held.array()[at] != '{') {
            at++;
        }
        return at;
    }

    private int lastBrace() {
        int at = held.length() - 1;
        while (at >= 0 && held.array()[at] != '}') {
            at--;
        }
        return at;
    }

    private static @Nullable JsonNode tree(byte[] json, int start, int end) {
        try {
            JsonNode tree = JsonTrees.read(json, start, end - start);
            return tree.isContainerNode() ? tree : null;
        } catch (IOException e) {
            // data on several lines: the chunk goes out as it came
            return null;
        }
    }
}
