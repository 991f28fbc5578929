package io.llmgateway.converters;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.wire.JsonTrees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads token counters that may be anything: missing, null, negative, texts, fractions. Stateless, thread-safe. */
public final class UsageJson {
    private UsageJson() {}

    /** Parses a small JSON object; null when it is not one. */
    public static @Nullable JsonNode object(byte[] json, int start, int end) {
        try {
            JsonNode node = JsonTrees.read(json, start, end - start);
            return node != null && node.isObject() ? node : null;
        } catch (IOException e) {
            // a counter that cannot be read is a counter that was not sent; the answer goes on
            return null;
        }
    }

    /** What a server sent as the field {@code error} of a stream, as the object that errors stand in. */
    public static byte[] error(byte[] json, int start, int end) {
        byte[] head = "{\"error\":".getBytes(StandardCharsets.US_ASCII);
        byte[] error = Arrays.copyOf(head, head.length + end - start + 1);
        System.arraycopy(json, start, error, head.length, end - start);
        error[error.length - 1] = '}';
        return error;
    }

    /** The counter's value; 0 when it is absent or not a whole number. */
    public static long count(JsonNode object, String field) {
        return count(object.path(field));
    }

    /** The value of a counter one level down; 0 when either is absent. */
    public static long count(JsonNode object, String parent, String field) {
        return count(object.path(parent).path(field));
    }

    private static long count(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : 0;
    }
}
