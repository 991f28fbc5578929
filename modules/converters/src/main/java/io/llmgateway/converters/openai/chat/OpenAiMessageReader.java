package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.CacheHint;
import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.canonical.Turn;
import io.llmgateway.converters.canonical.Turn.Role;
import io.llmgateway.converters.hub.Conversation;
import io.llmgateway.converters.hub.Fields;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.wire.JsonOut;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the messages of a chat completions request. Confined to one request. */
final class OpenAiMessageReader {
    private final Fields root;
    private final Warnings warnings;
    private final OpenAiCallReader calls;
    private final List<Part.Text> system = new ArrayList<>();
    private final List<Turn> turns = new ArrayList<>();
    private final Map<String, String> lastFunctionCall = new HashMap<>();
    private final OpenCalls open = new OpenCalls();

    OpenAiMessageReader(Fields root, Warnings warnings) {
        this.root = root;
        this.warnings = warnings;
        this.calls = new OpenAiCallReader(warnings);
    }

    /** The instructions in front of the conversation. */
    List<Part.Text> system() {
        return system;
    }

    List<Turn> turns() {
        return turns;
    }

    void read() {
        List<Fields> messages = root.objects("messages");
        if (messages.isEmpty()) {
            throw Warnings.refused("messages", "'messages' must have at least one message");
        }
        for (int i = 0; i < messages.size(); i++) {
            message(messages.get(i), i);
        }
    }

    private void message(Fields message, int index) {
        String role = message.requiredText("role");
        switch (role) {
            case "system", "developer" -> instructions(message);
            case "user" -> turns.add(new Turn(Role.USER, content(message), message.path()));
            case "assistant", "model" -> turns.add(new Turn(Role.ASSISTANT, assistant(message, index), message.path()));
            case "tool" -> turns.add(new Turn(Role.USER, List.of(result(message)), message.path()));
            case "function" -> turns.add(new Turn(Role.USER, List.of(functionResult(message)), message.path()));
            default -> throw message.unknownValue("role", role, "developer, system, user, assistant, tool, function");
        }
        if (message.has("name") && !"function".equals(role) && !"tool".equals(role)) {
            warnings.dropped(message.at("name"), "the provider has no names of participants");
        }
        message.rest(warnings);
    }

    private void instructions(Fields message) {
        List<Part> parts = content(message);
        for (Part part : parts) {
            if (!(part instanceof Part.Text text)) {
                throw Warnings.refused(message.at("content"), "'" + message.at("content") + "' must be text only");
            }
            if (turns.isEmpty()) {
                system.add(text);
            }
        }
        if (!turns.isEmpty()) {
            turns.add(new Turn(Role.SYSTEM, parts, message.path()));
        }
    }

    private List<Part> assistant(Fields message, int index) {
        List<Part> parts = new ArrayList<>(OpenAiReasoning.read(message));
        parts.addAll(content(message));
        String refusal = message.text("refusal");
        if (refusal != null && !refusal.isEmpty()) {
            parts.add(Part.Text.of(refusal));
        }
        if (message.has("audio")) {
            throw Warnings.refused(
                    message.at("audio"), "'" + message.at("audio") + "' is audio that only OpenAI keeps");
        }
        List<Fields> toolCalls = message.objects("tool_calls");
        open.clear();
        for (int call = 0; call < toolCalls.size(); call++) {
            Part.ToolCall read = calls.call(toolCalls.get(call), index, call);
            parts.add(read);
            open.add(read);
        }
        Fields function = message.object("function_call");
        if (function != null) {
            Part.ToolCall call = calls.function(function, "", index, 0);
            lastFunctionCall.put(call.name(), call.id());
            parts.add(call);
        }
        message.ignore("annotations", "images");
        return parts;
    }

    private Part result(Fields message) {
        String id = answered(message);
        List<Part> content = content(message);
        CacheHint cache = OpenAiCache.hint(message);
        List<Part> plain = new ArrayList<>(content.size());
        for (Part part : content) {
            CacheHint own = Conversation.cache(part);
            cache = own == null ? cache : own;
            plain.add(Conversation.withCache(part, null));
        }
        message.ignore("name");
        return new Part.ToolResult(id, plain, message.flag("is_error"), cache, message.path());
    }

    /** The call that a result answers: the one it names, else the first that is open and has its tool's name. */
    private String answered(Fields message) {
        String id = message.text("tool_call_id");
        if (id != null && !id.isEmpty()) {
            open.answered(id);
            return id;
        }
        String next = open.next(message.text("name"));
        if (next != null) {
            warnings.adjusted(message.at("tool_call_id"), "it is missing, the first call without a result is taken");
            return next;
        }
        return message.requiredText("tool_call_id");
    }

    private Part functionResult(Fields message) {
        String name = message.requiredText("name");
        String id = lastFunctionCall.getOrDefault(name, name);
        return new Part.ToolResult(id, content(message), false, null, message.path());
    }

    private List<Part> content(Fields message) {
        JsonNode content = message.node("content");
        if (content.isMissingNode()) {
            return List.of();
        }
        if (content.isTextual()) {
            CacheHint cache = "tool".equals(message.text("role")) ? null : OpenAiCache.hint(message);
            return List.of(new Part.Text(content.textValue(), cache));
        }
        if (isValue(message, content)) {
            warnings.adjusted(message.at("content"), "the result of a tool that is a value is sent as its JSON");
            return List.of(Part.Text.of(JsonOut.document(content)));
        }
        if (content.isObject()) {
            warnings.adjusted(message.at("content"), "one part is understood as an array of one");
            return one(Fields.of(content, message.at("content")));
        }
        if (!content.isArray()) {
            throw message.wrong("content", "a string or an array", content);
        }
        List<Part> parts = new ArrayList<>(content.size());
        for (int i = 0; i < content.size(); i++) {
            String at = message.element("content", i);
            if (content.get(i).isTextual()) {
                warnings.adjusted(at, "a string is understood as a part of type text");
                parts.add(Part.Text.of(content.get(i).textValue()));
            } else {
                parts.addAll(one(message.inside(content.get(i), at)));
            }
        }
        return parts;
    }

    /** True when a tool's answer is a value of its own, not parts of a message. */
    private static boolean isValue(Fields message, JsonNode content) {
        String role = message.text("role");
        if (!"tool".equals(role) && !"function".equals(role)) {
            return false;
        }
        JsonNode first = content.isArray() ? content.path(0) : content;
        boolean part = first.has("type") || first.has("text") || (content.isArray() && first.isTextual());
        return !part && !(content.isArray() && content.isEmpty());
    }

    private List<Part> one(Fields part) {
        Part read = OpenAiPartReader.read(part, warnings);
        part.rest(warnings);
        return read == null ? List.of() : List.of(read);
    }
}
