package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.canonical.Citation;
import io.llmgateway.converters.canonical.Stop;
import io.llmgateway.converters.hub.Arguments;
import io.llmgateway.converters.hub.MalformedAnswerException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How far one choice of a stream has come. Confined to one stream. */
final class OpenAiChoice {
    private static final int MAX_THOUGHT_CHARS = 1024 * 1024;
    private static final int MAX_CUSTOM_CHARS = 4 * 1024 * 1024;

    private final BitSet withArguments = new BitSet();
    private final Map<Integer, StringBuilder> custom = new HashMap<>();
    private final Map<String, Integer> listed = new HashMap<>();
    private final StringBuilder thought = new StringBuilder();
    private final List<Citation> citations = new ArrayList<>();
    private Stop stop = Stop.UNKNOWN;
    private boolean said;
    private boolean refused;
    private int customChars;

    /** Something other than the role was sent. */
    void speaks() {
        said = true;
    }

    /** The index of the next entry of a list that comes in several deltas. */
    int next(String list) {
        return listed.merge(list, 1, Integer::sum) - 1;
    }

    /** The entries of a delta's list with their indexes; any other value as it is. */
    JsonNode indexed(String field, JsonNode value) {
        if (!value.isArray()) {
            return value;
        }
        ArrayNode all = JsonNodeFactory.instance.arrayNode(value.size());
        for (JsonNode entry : value) {
            boolean object = entry.isObject();
            all.add(object ? all.objectNode().put("index", next(field)).setAll((ObjectNode) entry) : entry);
        }
        return all;
    }

    /** Words of a refusal were sent. */
    void refuses() {
        refused = true;
    }

    /** True when a refusal still lacks its words: none were sent and nothing else, or there is an explanation. */
    boolean unrefused(boolean explained) {
        return !refused && (!said || explained);
    }

    /** Where the text has its words from; readers bound how many there are. */
    List<Citation> citations() {
        return citations;
    }

    void ended(Stop why) {
        stop = why;
    }

    Stop stop() {
        return stop;
    }

    void callBegins(int call, boolean isCustom) {
        if (isCustom) {
            custom.put(call, new StringBuilder());
        }
    }

    boolean isCustom(int call) {
        return custom.containsKey(call);
    }

    void gather(int call, String json) {
        StringBuilder gathered = custom.get(call);
        if (gathered == null) {
            return;
        }
        customChars += Math.min(json.length(), MAX_CUSTOM_CHARS + 1);
        if (customChars > MAX_CUSTOM_CHARS) {
            throw new MalformedAnswerException(
                    "the calls of tools with free text are longer than " + MAX_CUSTOM_CHARS + " characters");
        }
        gathered.append(json);
    }

    /** The free text inside the object a custom tool was called with. */
    String customInput(int call) {
        StringBuilder gathered = custom.get(call);
        customChars -= gathered == null ? 0 : gathered.length();
        return gathered == null
                ? ""
                : Arguments.read(gathered.toString()).path("input").asText("");
    }

    void argumentsSeen(int call) {
        withArguments.set(call);
    }

    boolean hasArguments(int call) {
        return withArguments.get(call);
    }

    /** Reasoning is gathered for the block that carries its proof; what is too long goes without. */
    void thought(String text) {
        if (thought.length() + text.length() <= MAX_THOUGHT_CHARS) {
            thought.append(text);
        }
    }

    /** The reasoning since the last proof. */
    String endThought() {
        String all = thought.toString();
        thought.setLength(0);
        return all;
    }
}
