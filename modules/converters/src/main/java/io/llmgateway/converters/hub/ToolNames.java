package io.llmgateway.converters.hub;

import io.llmgateway.converters.canonical.Tool;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tool names as a provider accepts them, and back. A valid name stays as it is; a new name depends on the old one
 * alone, so that it is the same in every turn of a conversation. Confined to one attempt.
 */
public final class ToolNames {
    /** The shortest limit of all protocols. */
    private static final int MAX = 64;

    private static final int HASH = 8;

    private final boolean letterFirst;
    private final Map<String, String> sent = new HashMap<>();
    private final Map<String, String> original = new HashMap<>();
    private Set<String> tools = Set.of();

    /**
     * Makes an empty map.
     *
     * @param letterFirst true when the provider wants a letter or an underscore in front
     */
    public ToolNames(boolean letterFirst) {
        this.letterFirst = letterFirst;
    }

    /**
     * Names of the tools that are sent, before any name of the history: those that are valid keep their name in every
     * turn, whatever the history calls first.
     */
    public void settle(List<Tool> tools) {
        for (Tool tool : tools) {
            if (valid(tool.name()).equals(tool.name())) {
                toSend(tool.name());
            }
        }
        tools.forEach(tool -> toSend(tool.name()));
    }

    /** The tools without those whose name another one has already. */
    public static List<Tool> distinct(List<Tool> tools, Warnings warnings) {
        Set<String> names = new HashSet<>();
        List<Tool> distinct = new ArrayList<>(tools.size());
        for (Tool tool : tools) {
            if (names.add(tool.name())) {
                distinct.add(tool);
            } else {
                warnings.dropped(tool.path(), "it repeats the tool name '" + tool.name() + "', the first one counts");
            }
        }
        return distinct;
    }

    /** The name to send for the client's name. */
    public String toSend(String name) {
        String known = sent.get(name);
        if (known != null) {
            return known;
        }
        String valid = valid(name);
        String holder = original.get(valid);
        if (holder != null && !holder.equals(name)) {
            valid = shortened(valid, name);
        }
        sent.put(name, valid);
        original.put(valid, name);
        return valid;
    }

    /** The client's name for a name the provider used; itself when the provider made it up. */
    public String toClient(String name) {
        return original.getOrDefault(name, name);
    }

    /** True when this is a tool of the request, by the name that was sent. */
    public boolean isTool(String name) {
        return tools.contains(name);
    }

    /**
     * What the way back needs: the tools and the names that were changed. A stream holds them, not every name of its
     * history.
     */
    public ToolNames settled(Collection<Tool> ofRequest) {
        ToolNames settled = new ToolNames(letterFirst);
        settled.tools = new HashSet<>();
        ofRequest.forEach(tool -> settled.tools.add(sent.getOrDefault(tool.name(), tool.name())));
        original.forEach((valid, name) -> {
            if (!valid.equals(name)) {
                settled.original.put(valid, name);
            }
        });
        return settled;
    }

    private String valid(String name) {
        StringBuilder valid = new StringBuilder(name.length() + 1);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            valid.append(isValid(c) ? c : '_');
        }
        boolean wrongStart = valid.isEmpty() || (letterFirst && !isLetter(valid.charAt(0)));
        if (wrongStart) {
            valid.insert(0, '_');
        }
        return valid.length() <= MAX ? valid.toString() : shortened(valid.toString(), name);
    }

    private static String shortened(String valid, String name) {
        String head = valid.substring(0, Math.min(valid.length(), MAX - HASH - 1));
        return head + '_' + Digests.hex(name, HASH);
    }

    private static boolean isValid(char c) {
        return isLetter(c) || (c >= '0' && c <= '9') || c == '-';
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }
}
