package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.converters.hub.AnswerContext;
import io.llmgateway.converters.hub.JsonProgress;
import io.llmgateway.converters.hub.MalformedAnswerException;
import io.llmgateway.wire.JsonOut;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the pieces of tool calls apart, which servers mark in many ways: by index, by id, by neither, with the id
 * repeated in every piece, with one index or one id for several calls, with the name in pieces. A call begins when its
 * name is known to be whole: it is a tool's, or arguments follow. Every call gets an id of its own. Confined to one
 * answer.
 */
final class OpenAiCallTracker {
    private static final int MAX_CALLS = 1_024;
    private static final int MAX_WAITING_CHARS = 1024 * 1024;
    private static final int NO_INDEX = -1;

    private final AnswerContext context;
    private final List<Call> calls = new ArrayList<>();
    private final Map<Integer, Call> byIndex = new HashMap<>();
    private final Map<String, Call> byId = new HashMap<>();
    private final Set<String> told = new HashSet<>();
    private @Nullable Call single;
    private int delivered;
    private int waitingChars;
    private int round;

    OpenAiCallTracker(AnswerContext context) {
        this.context = context;
    }

    /** One call. Confined to one answer. */
    private static final class Call {
        private String id = "";
        private String name = "";
        private @Nullable String signature;
        private int number = -1;
        private int round;
        private int chars;
        private int hash;
        private final JsonProgress progress = new JsonProgress();
        private final StringBuilder waiting = new StringBuilder();

        void saw(String arguments) {
            progress.take(arguments);
            chars += arguments.length();
            for (int i = 0; i < arguments.length(); i++) {
                hash = hash * 31 + arguments.charAt(i);
            }
        }

        boolean complete() {
            return progress.complete();
        }
    }

    /** One entry of {@code tool_calls}; what is not there is empty. */
    private record Entry(int index, String id, String name, String arguments) {
        boolean named() {
            return !name.isEmpty();
        }
    }

    /** How many calls have begun. */
    int delivered() {
        return delivered;
    }

    /**
     * Takes {@code tool_calls}.
     *
     * @param whole true when they are those of a whole message, where every entry is a call of its own
     */
    void take(JsonNode entries, boolean whole, Consumer<StreamEvent> sink) {
        round++;
        for (JsonNode json : entries) {
            JsonNode function = json.has("custom") ? json.path("custom") : json.path("function");
            String id = json.path("id").asText("");
            Entry entry = new Entry(
                    index(json.path("index")),
                    "null".equals(id) ? "" : id,
                    function.path("name").asText(""),
                    arguments(function));
            Call call = whole ? add(entry.id(), sink) : find(entry, sink);
            if (call != null) {
                JsonNode proof = json.path("extra_content").path("google").path("thought_signature");
                call.signature = proof.isTextual() ? proof.textValue() : call.signature;
                call.round = round;
                feed(call, entry.name(), entry.arguments(), sink);
            }
        }
    }

    /** Takes the deprecated single call. */
    void takeFunction(JsonNode function, Consumer<StreamEvent> sink) {
        Call call = single;
        if (call == null) {
            call = add("", sink);
            single = call;
        }
        feed(call, function.path("name").asText(""), arguments(function), sink);
    }

    private static int index(JsonNode index) {
        if (index.isIntegralNumber()) {
            return index.intValue();
        }
        return index.isTextual() ? index.asInt(NO_INDEX) : NO_INDEX;
    }

    private static String arguments(JsonNode function) {
        JsonNode arguments = function.has("input") ? function.path("input") : function.path("arguments");
        if (arguments.isTextual()) {
            return function.has("input") ? "{\"input\":" + JsonOut.text(arguments) + "}" : arguments.textValue();
        }
        return arguments.isMissingNode() || arguments.isNull() ? "" : JsonOut.text(arguments);
    }

    /** The call that an entry of a stream belongs to; null when it only repeats one. */
    private @Nullable Call find(Entry entry, Consumer<StreamEvent> sink) {
        Call known = entry.index() != NO_INDEX
                ? byIndex.get(entry.index())
                : byId.getOrDefault(entry.id(), calls.isEmpty() ? null : calls.getLast());
        if (known != null && repeats(known, entry)) {
            return null;
        }
        if (known == null || isOther(known, entry)) {
            known = add(entry.id(), sink);
            if (entry.index() != NO_INDEX) {
                byIndex.put(entry.index(), known);
            }
        } else if (known.id.isEmpty() && !entry.id().isEmpty()) {
            known.id = entry.id();
            byId.put(known.id, known);
        }
        return known;
    }

    /** A whole call that was told before: some servers end with a summary. */
    private static boolean repeats(Call known, Entry entry) {
        return known.complete()
                && !known.id.isEmpty()
                && known.id.equals(entry.id())
                && known.name.equals(entry.name())
                && known.chars == entry.arguments().length()
                && known.hash == entry.arguments().hashCode();
    }

    /** True when an entry begins a call although its index or its lack of one points to a known call. */
    private boolean isOther(Call known, Entry entry) {
        if (!entry.named()) {
            return false;
        }
        boolean otherId =
                !entry.id().isEmpty() && !known.id.isEmpty() && !entry.id().equals(known.id);
        if (otherId) {
            return true;
        }
        if (known.name.isEmpty()) {
            return false;
        }
        if (known.round == round) {
            // two names in one list are two calls
            return true;
        }
        boolean sameName = entry.name().equals(known.name);
        if (known.complete()) {
            return !entry.arguments().isBlank() || !sameName;
        }
        if (sameName) {
            return false;
        }
        boolean sameId = !entry.id().isEmpty() && entry.id().equals(known.id);
        return known.chars == 0 ? context.names().isTool(known.name) : !sameId;
    }

    private Call add(String id, Consumer<StreamEvent> sink) {
        if (calls.size() >= MAX_CALLS) {
            throw new MalformedAnswerException("the response has more than " + MAX_CALLS + " tool calls");
        }
        if (!calls.isEmpty()) {
            beginNamed(calls.getLast(), sink);
        }
        Call call = new Call();
        call.id = id;
        calls.add(call);
        if (!id.isEmpty()) {
            byId.put(id, call);
        }
        return call;
    }

    private void feed(Call call, String name, String arguments, Consumer<StreamEvent> sink) {
        if (call.number < 0 && !name.isEmpty()) {
            // a name that grows, or one in pieces
            call.name = name.startsWith(call.name) ? name : call.name + name;
        }
        if (call.number < 0 && (!arguments.isEmpty() || context.names().isTool(call.name))) {
            beginNamed(call, sink);
        }
        if (arguments.isEmpty()) {
            return;
        }
        call.saw(arguments);
        if (call.number >= 0) {
            sink.accept(new StreamEvent.CallDelta(0, call.number, arguments));
            return;
        }
        if (arguments.length() > MAX_WAITING_CHARS - waitingChars) {
            throw new MalformedAnswerException("tool calls have arguments but no names");
        }
        call.waiting.append(arguments);
        waitingChars += arguments.length();
    }

    private void beginNamed(Call call, Consumer<StreamEvent> sink) {
        if (call.number >= 0 || call.name.isEmpty()) {
            return;
        }
        call.number = delivered++;
        String id = call.id.isEmpty() || !told.add(call.id) ? context.newId("call_") : call.id;
        sink.accept(new StreamEvent.CallBegin(0, call.number, id, call.name, call.signature));
        if (!call.waiting.isEmpty()) {
            sink.accept(new StreamEvent.CallDelta(0, call.number, call.waiting.toString()));
            waitingChars -= call.waiting.length();
            call.waiting.setLength(0);
        }
    }

    /** Ends every call; those that never got a name are left out. */
    void end(Consumer<StreamEvent> sink) {
        for (Call call : calls) {
            beginNamed(call, sink);
            if (call.number >= 0) {
                sink.accept(new StreamEvent.CallEnd(0, call.number));
            } else if (!call.waiting.isEmpty()) {
                context.losses().dropped("choices[].message.tool_calls[]", "function");
            }
        }
    }
}
