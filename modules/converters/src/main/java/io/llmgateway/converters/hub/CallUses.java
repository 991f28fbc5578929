package io.llmgateway.converters.hub;

import io.llmgateway.converters.canonical.Part;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives every call an id of its own where a conversation uses one id for several: servers that number their calls anew
 * in every turn leave such histories. A result gets the id of the call it answers: of those in the turn before it with
 * the same id the first that has no result yet. Confined to one conversion.
 */
final class CallUses {
    private final boolean acrossTurns;
    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> uses = new HashMap<>();
    private final Map<String, Deque<String>> open = new HashMap<>();

    /**
     * Nothing is used yet.
     *
     * @param acrossTurns true when an id must be unique in the whole conversation, false when in one turn
     */
    CallUses(boolean acrossTurns) {
        this.acrossTurns = acrossTurns;
    }

    /** The assistant speaks again: results answer its calls from now on. */
    void begin() {
        open.clear();
        if (!acrossTurns) {
            taken.clear();
            uses.clear();
        }
    }

    /** Changes the ids of these parts where they must be changed. */
    void number(List<Part> parts) {
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i) instanceof Part.ToolCall call) {
                parts.set(i, call(call));
            } else if (parts.get(i) instanceof Part.ToolResult result) {
                parts.set(i, result(result));
            }
        }
    }

    private Part call(Part.ToolCall call) {
        String id = call.id();
        int use = uses.getOrDefault(id, 1);
        while (!taken.add(id)) {
            use++;
            id = CallIds.again(call.id(), use);
        }
        uses.put(call.id(), use);
        open.computeIfAbsent(call.id(), any -> new ArrayDeque<>(1)).add(id);
        return id.equals(call.id())
                ? call
                : new Part.ToolCall(id, call.name(), call.input(), call.custom(), call.signature(), call.cache());
    }

    private Part result(Part.ToolResult result) {
        Deque<String> ids = open.get(result.callId());
        if (ids == null) {
            return result;
        }
        String id = ids.size() > 1 ? ids.remove() : ids.element();
        return id.equals(result.callId())
                ? result
                : new Part.ToolResult(id, result.content(), result.error(), result.cache(), result.path());
    }
}
