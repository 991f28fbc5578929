package io.llmgateway.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.llmgateway.testing.SseEvents.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What every stream a client gets must keep, whatever it says. Throws {@link AssertionError} with the event at fault.
 * Stateless.
 */
public final class StreamInvariants {
    private static final ObjectMapper JSON = new ObjectMapper();

    private StreamInvariants() {}

    /**
     * Checks an OpenAI chat stream: role first, dense tool indexes, id and name once, valid arguments, one finish
     * reason, usage only when asked for, {@code [DONE]} last, nothing else after an error.
     */
    public static void openAi(String stream, boolean usageAsked) {
        List<Event> events = SseEvents.parse(stream);
        OpenAi state = new OpenAi();
        for (int i = 0; i < events.size(); i++) {
            String data = events.get(i).data();
            boolean last = i == events.size() - 1;
            if ("[DONE]".equals(data)) {
                check(last, "[DONE] must be last", data);
                state.done = true;
                continue;
            }
            JsonNode chunk = parse(data);
            if (chunk.has("error")) {
                state.failed = true;
                continue;
            }
            check(!state.failed, "nothing but the end may follow an error", data);
            check(usageAsked || !chunk.has("usage"), "usage that nobody asked for", data);
            chunk.path("choices").forEach(choice -> state.choice(choice, data));
        }
        check(state.done || state.failed, "the stream has no end", stream);
        if (!state.failed) {
            check(state.finished, "no finish reason", stream);
            if (!state.cut) {
                state.arguments.values().forEach(text -> parse(text.isEmpty() ? "{}" : text.toString()));
            }
        }
    }

    /** What a chat stream has shown so far. */
    private static final class OpenAi {
        private final Map<Integer, StringBuilder> arguments = new HashMap<>();
        private boolean role;
        private boolean finished;
        private boolean cut;
        private boolean done;
        private boolean failed;

        void choice(JsonNode choice, String data) {
            JsonNode delta = choice.path("delta");
            check(role || delta.has("role"), "the role must come first", data);
            check(!role || !delta.has("role"), "the role comes twice", data);
            role = true;
            check(!finished, "nothing may follow the finish reason", data);
            for (JsonNode call : delta.path("tool_calls")) {
                int index = call.path("index").asInt(-1);
                boolean known = arguments.containsKey(index);
                check(known || index == arguments.size(), "tool indexes must be dense", data);
                check(known != call.has("id"), "a tool call's id comes once", data);
                check(known != call.path("function").has("name"), "a tool call's name comes once", data);
                arguments
                        .computeIfAbsent(index, _ -> new StringBuilder())
                        .append(call.path("function").path("arguments").asText(""));
            }
            finished |= choice.path("finish_reason").isTextual();
            cut |= "length".equals(choice.path("finish_reason").asText());
        }
    }

    /**
     * Checks an Anthropic stream: one message_start, blocks one after the other with dense indexes, valid tool input,
     * message_delta and message_stop unless an error ends it, and names equal to types.
     */
    public static void anthropic(String stream) {
        Anthropic state = new Anthropic();
        for (Event event : SseEvents.parse(stream)) {
            JsonNode data = parse(event.data());
            check(event.name().equals(data.path("type").asText()), "the event's name is not its type", event.data());
            state.event(event.name(), data);
        }
        check(state.seen.contains("message_start"), "no message_start", stream);
        if (!state.seen.contains("error")) {
            check(state.seen.contains("message_delta"), "no message_delta", stream);
            check(state.seen.contains("message_stop"), "no message_stop", stream);
        }
    }

    /** What a message stream has shown so far. */
    private static final class Anthropic {
        private final Set<String> seen = new HashSet<>();
        private final List<String> inputs = new ArrayList<>();
        private int blocks;
        private boolean open;
        private boolean tool;
        private StringBuilder input = new StringBuilder();

        void event(String name, JsonNode data) {
            String text = data.toString();
            check(!seen.contains("message_stop") && !seen.contains("error"), "nothing may follow the end", text);
            switch (name) {
                case "message_start" -> check(!seen.contains(name), "message_start comes twice", text);
                case "content_block_start" -> start(data, text);
                case "content_block_delta" -> {
                    check(open && data.path("index").asInt() == blocks - 1, "a delta outside its block", text);
                    input.append(data.path("delta").path("partial_json").asText(""));
                }
                case "content_block_stop" -> {
                    check(open && data.path("index").asInt() == blocks - 1, "a stop outside its block", text);
                    open = false;
                    if (tool && !input.isEmpty()) {
                        inputs.add(input.toString());
                    }
                }
                case "message_delta" -> {
                    check(!open, "a block is still open", text);
                    boolean cut = "max_tokens"
                            .equals(data.path("delta").path("stop_reason").asText());
                    inputs.forEach(json -> check(cut || parse(json).isObject(), "tool input is not an object", json));
                }
                case "message_stop" -> check(!open, "a block is still open", text);
                default -> check(Set.of("ping", "error").contains(name), "unknown event", text);
            }
            seen.add(name);
        }

        private void start(JsonNode data, String text) {
            check(!open, "blocks must not overlap", text);
            check(data.path("index").asInt(-1) == blocks, "block indexes must be dense", text);
            blocks++;
            open = true;
            tool = "tool_use".equals(data.path("content_block").path("type").asText());
            input = new StringBuilder();
        }
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + json, e);
        }
    }

    private static void check(boolean holds, String rule, String where) {
        if (!holds) {
            throw new AssertionError(rule + ": " + where);
        }
    }
}
