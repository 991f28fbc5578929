package io.llmgateway.converters.openai.chat;

import io.llmgateway.converters.canonical.Part;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The calls of the last message of the assistant that have no result yet, for results that do not say which call they
 * answer. Confined to one request.
 */
final class OpenCalls {
    private final SequencedMap<String, Part.ToolCall> open = new LinkedHashMap<>();
    private final Map<String, Deque<Part.ToolCall>> byName = new HashMap<>();

    /** The assistant speaks again. */
    void clear() {
        open.clear();
        byName.clear();
    }

    void add(Part.ToolCall call) {
        open.put(call.id(), call);
        byName.computeIfAbsent(call.name(), any -> new ArrayDeque<>(1)).add(call);
    }

    /** A result names its call. */
    void answered(String id) {
        open.remove(id);
    }

    /** The first open call of a tool, or of any when no name is given; null when there is none. */
    @Nullable
    String next(@Nullable String name) {
        if (name == null) {
            return open.isEmpty() ? null : open.pollFirstEntry().getKey();
        }
        Deque<Part.ToolCall> calls = byName.getOrDefault(name, new ArrayDeque<>(0));
        while (!calls.isEmpty()) {
            String id = calls.remove().id();
            if (open.remove(id) != null) {
                return id;
            }
        }
        return null;
    }
}
