package io.llmgateway.converters.anthropic;

import io.llmgateway.converters.canonical.CacheHint;
import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.canonical.Tool;
import io.llmgateway.converters.canonical.Turn;
import io.llmgateway.converters.hub.Conversation;
import io.llmgateway.wire.JsonOut;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which wishes for the prompt cache are sent: the provider takes four, and none for a longer time behind one for a
 * shorter. Of more than four stay the last of the tools, the last of the system and the latest of the messages.
 * Confined to one attempt.
 */
final class AnthropicBreakpoints {
    private static final int MAX = 4;

    private final @Nullable Set<Object> kept;
    private boolean shortSeen;

    AnthropicBreakpoints(List<Tool> tools, List<Part.Text> system, List<Turn> turns) {
        List<Object> inTools = new ArrayList<>();
        tools.stream().filter(tool -> tool.cache() != null).forEach(inTools::add);
        List<Object> inSystem = new ArrayList<>();
        system.stream().filter(text -> text.cache() != null).forEach(inSystem::add);
        List<Object> inTurns = new ArrayList<>();
        for (Turn turn : turns) {
            turn.parts().stream()
                    .filter(part -> Conversation.cache(part) != null)
                    .forEach(inTurns::add);
        }
        if (inTools.size() + inSystem.size() + inTurns.size() <= MAX) {
            this.kept = null;
            return;
        }
        Set<Object> keep = Collections.newSetFromMap(new IdentityHashMap<>());
        keepLast(keep, inTools, 1);
        keepLast(keep, inSystem, 1);
        keepLast(keep, inTurns, MAX - keep.size());
        this.kept = keep;
    }

    private static void keepLast(Set<Object> keep, List<Object> from, int count) {
        keep.addAll(from.subList(Math.max(0, from.size() - count), from.size()));
    }

    /** Writes the field into the open object when this holder's wish is sent. */
    void write(JsonOut out, Object holder, @Nullable CacheHint hint) {
        if (hint == null || (kept != null && !kept.contains(holder))) {
            return;
        }
        shortSeen |= hint == CacheHint.SHORT;
        out.object("cache_control").field("type", "ephemeral");
        if (hint == CacheHint.LONG && !shortSeen) {
            out.field("ttl", "1h");
        }
        out.endObject();
    }
}
