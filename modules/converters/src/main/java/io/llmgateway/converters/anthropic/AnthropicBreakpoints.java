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

    private final Set<Object> shortOnes = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Object> longOnes = Collections.newSetFromMap(new IdentityHashMap<>());

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
        List<Object> kept = new ArrayList<>();
        if (inTools.size() + inSystem.size() + inTurns.size() <= MAX) {
            kept.addAll(inTools);
            kept.addAll(inSystem);
            kept.addAll(inTurns);
        } else {
            keepLast(kept, inTools, 1);
            keepLast(kept, inSystem, 1);
            keepLast(kept, inTurns, MAX - kept.size());
        }
        sort(kept);
    }

    /** In the order of the prompt, which is not the order of the fields that are written. */
    private void sort(List<Object> kept) {
        for (Object holder : kept) {
            boolean wantsLong = hint(holder) == CacheHint.LONG;
            (wantsLong && shortOnes.isEmpty() ? longOnes : shortOnes).add(holder);
        }
    }

    private static @Nullable CacheHint hint(Object holder) {
        return holder instanceof Tool tool ? tool.cache() : Conversation.cache((Part) holder);
    }

    private static void keepLast(List<Object> keep, List<Object> from, int count) {
        keep.addAll(from.subList(Math.max(0, from.size() - count), from.size()));
    }

    /** Writes the field into the open object when this holder's wish is sent. */
    void write(JsonOut out, Object holder) {
        boolean forLong = longOnes.contains(holder);
        if (!forLong && !shortOnes.contains(holder)) {
            return;
        }
        out.object("cache_control").field("type", "ephemeral");
        if (forLong) {
            out.field("ttl", "1h");
        }
        out.endObject();
    }
}
