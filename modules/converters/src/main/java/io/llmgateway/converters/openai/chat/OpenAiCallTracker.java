package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.converters.hub.AnswerContext;
import io.llmgateway.wire.JsonOut;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the pieces of tool calls apart, which servers mark in many ways: by index, by id, by neither, with the id
 * repeated in every piece, with one index for several calls. A call begins when its name is known. Confined to one
 * answer.
 */
final class OpenAiCallTracker {
    private static final int MAX_CALLS = 1_024;
    private static final int MAX_WAITING_CHARS = 1024 * 1024;

    private final AnswerContext context;
    private final List<Call> calls = new ArrayList<>();
    private final Map<Integer, Call> byIndex = new HashMap<>();
    private int delivered;
    private int waitingChars;

    OpenAiCallTracker(AnswerContext context) {
        this.context = context;
    }

    /** One call. Confined to one answer. */
    private static final class Call {
        private String id = "";
        private String name = "";
        private int number = -1;
        private final StringBuilder waiting = new StringBuilder();
    }

    /** How many calls have begun. */
    int delivered() {
        return delivered;
    }

    /** Takes one entry of {@code tool_calls}; gives what is wrong with it, or null. */
    @Nullable
    String take(JsonNode entry, Consumer<StreamEvent> sink) {
        JsonNode function = entry.has("custom") ? entry.path("custom") : entry.path("function");
        String id = entry.path("id").asText("");
        String name = function.path("name").asText("");
        Call call = find(entry.path("index"), "null".equals(id) ? "" : id, name);
        if (call == null) {
            return "the answer has more than " + MAX_CALLS + " tool calls";
        }
        return feed(call, name, arguments(function), sink);
    }

    /** Takes the deprecated single call. */
    @Nullable
    String takeFunction(JsonNode function, Consumer<StreamEvent> sink) {
        Call call = calls.isEmpty() ? add() : calls.getFirst();
        return feed(call, function.path("name").asText(""), arguments(function), sink);
    }

    private static String arguments(JsonNode function) {
        JsonNode arguments = function.has("input") ? function.path("input") : function.path("arguments");
        if (arguments.isTextual() && function.has("input")) {
            return "{\"input\":" + JsonOut.text(arguments) + "}";
        }
        if (arguments.isObject()) {
            return JsonOut.text(arguments);
        }
        return arguments.isTextual() ? arguments.textValue() : "";
    }

    private @Nullable Call find(JsonNode index, String id, String name) {
        Call known = index.isInt() ? byIndex.get(index.intValue()) : last();
        boolean other = known != null
                && !id.isEmpty()
                && !known.id.isEmpty()
                && !id.equals(known.id)
                && (!name.isEmpty() || !index.isInt());
        if (known == null || other) {
            if (calls.size() >= MAX_CALLS) {
                return null;
            }
            known = add();
            if (index.isInt()) {
                byIndex.put(index.intValue(), known);
            }
        }
        if (known.id.isEmpty()) {
            known.id = id;
        }
        return known;
    }

    private @Nullable Call last() {
        return calls.isEmpty() ? null : calls.getLast();
    }

    private Call add() {
        Call call = new Call();
        calls.add(call);
        return call;
    }

    private @Nullable String feed(Call call, String name, String arguments, Consumer<StreamEvent> sink) {
        if (call.name.isEmpty() && !name.isEmpty()) {
            call.name = name;
            call.number = delivered++;
            if (call.id.isEmpty()) {
                call.id = context.newId("call_");
            }
            sink.accept(new StreamEvent.CallBegin(0, call.number, call.id, name, null));
            if (!call.waiting.isEmpty()) {
                sink.accept(new StreamEvent.CallDelta(0, call.number, call.waiting.toString()));
                waitingChars -= call.waiting.length();
                call.waiting.setLength(0);
            }
        }
        if (arguments.isEmpty()) {
            return null;
        }
        if (call.number >= 0) {
            sink.accept(new StreamEvent.CallDelta(0, call.number, arguments));
            return null;
        }
        if (arguments.length() > MAX_WAITING_CHARS - waitingChars) {
            return "tool calls have arguments but no names";
        }
        call.waiting.append(arguments);
        waitingChars += arguments.length();
        return null;
    }

    /** Ends every call; those that never got a name are left out. */
    void end(Consumer<StreamEvent> sink) {
        for (Call call : calls) {
            if (call.number >= 0) {
                sink.accept(new StreamEvent.CallEnd(0, call.number));
            }
        }
    }
}
