package io.llmgateway.converters;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.JsonTrees;
import io.llmgateway.wire.SseReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads token counters that may be anything: missing, null, negative, texts, fractions. Stateless, thread-safe. */
public final class UsageJson {
    private static final byte[] ERROR_NAME = "error".getBytes(StandardCharsets.US_ASCII);

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

    /**
     * What an event says that is an error by itself, as the object that errors stand in: a field {@code error}, or an
     * event of that name whose data is the error and does not say so, as some proxies send it. Null for every other
     * event.
     */
    public static byte @Nullable [] errorOf(SseReader event) {
        if (event.isError()) {
            return error(event.dataBytes(), event.dataStart(), event.dataEnd());
        }
        if (!event.named(ERROR_NAME)) {
            return null;
        }
        byte[] json = event.dataBytes();
        JsonNode data = object(json, event.dataStart(), event.dataEnd());
        boolean own = data == null || data.has("error") || data.has("choices") || data.has("candidates");
        return own ? null : error(json, event.dataStart(), event.dataEnd());
    }

    /** What a server sent as the field {@code error} of a stream, as the object that errors stand in. */
    private static byte[] error(byte[] json, int start, int end) {
        byte[] head = "{\"error\":".getBytes(StandardCharsets.US_ASCII);
        byte[] error = Arrays.copyOf(head, head.length + end - start + 1);
        System.arraycopy(json, start, error, head.length, end - start);
        error[error.length - 1] = '}';
        return error;
    }

    /**
     * True for counters that can be true: nothing is asked without input, and nothing is said without output. Servers
     * that do not count send zeros, or less.
     *
     * @param spoke true when the answer has said anything
     */
    public static boolean isCredible(Usage usage, boolean spoke) {
        return usage.input() > 0 && (usage.output() > 0 || !spoke);
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
