package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.llmgateway.converters.canonical.CacheHint;
import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.canonical.Turn;
import io.llmgateway.converters.canonical.Turn.Role;
import io.llmgateway.converters.hub.Arguments;
import io.llmgateway.converters.hub.CallIds;
import io.llmgateway.converters.hub.Fields;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.converters.hub.Words;
import io.llmgateway.wire.JsonOut;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the messages of a messages request. Confined to one request. */
final class AnthropicMessageReader {
    private final Fields root;
    private final Warnings warnings;
    private final List<Turn> turns = new ArrayList<>();

    /** Where a block stands: who may call, answer a call and reason. */
    private enum Place {
        USER,
        ASSISTANT,
        SYSTEM,
        RESULT
    }

    AnthropicMessageReader(Fields root, Warnings warnings) {
        this.root = root;
        this.warnings = warnings;
    }

    List<Turn> turns() {
        return turns;
    }

    void read() {
        List<Fields> messages = root.objects("messages");
        if (messages.isEmpty()) {
            throw Warnings.refused("messages", "'messages' must have at least one message");
        }
        for (Fields message : messages) {
            String role = message.requiredText("role");
            Role read = switch (role) {
                case "user" -> Role.USER;
                case "assistant" -> Role.ASSISTANT;
                case "system" -> Role.SYSTEM;
                default -> throw message.unknownValue("role", role, "user, assistant, system");
            };
            Place place = Place.valueOf(read.name());
            List<Part> parts = content(message, place);
            turns.add(new Turn(read, read == Role.SYSTEM ? texts(parts, message) : parts, message.path()));
            message.ignore("id", "type", "model", "stop_reason", "stop_sequence", "usage");
            message.rest(warnings);
        }
    }

    private List<Part> texts(List<Part> parts, Fields message) {
        List<Part> texts = parts.stream().filter(Part.Text.class::isInstance).toList();
        if (texts.size() < parts.size()) {
            warnings.dropped(message.at("content"), "instructions are texts only");
        }
        return texts;
    }

    /** The parts of {@code content}, which is a text or an array of blocks. */
    private List<Part> content(Fields holder, Place place) {
        JsonNode content = holder.node("content");
        if (content.isMissingNode()) {
            return List.of();
        }
        if (content.isTextual()) {
            return List.of(Part.Text.of(content.textValue()));
        }
        if (content.isObject()) {
            return single(holder, content, place);
        }
        if (!content.isArray()) {
            throw holder.wrong("content", "a string or an array", content);
        }
        List<Part> parts = new ArrayList<>(content.size());
        boolean dropped = false;
        for (Fields block : holder.objects("content")) {
            Part part = placed(block, place);
            if (part != null) {
                parts.add(dropped ? apart(parts, part) : part);
                block.rest(warnings);
            }
            dropped = part == null;
        }
        return parts;
    }

    /** One block without an array around it, or a value that a tool answered. */
    private List<Part> single(Fields holder, JsonNode content, Place place) {
        if (holder.has("tool_use_id") && !content.has("type") && !content.has("text")) {
            warnings.adjusted(holder.at("content"), "the result of a tool that is a value is sent as its JSON");
            return List.of(Part.Text.of(JsonOut.document(content)));
        }
        warnings.adjusted(holder.at("content"), "one block is understood as an array of one");
        Fields block = holder.inside(content, holder.at("content"));
        Part part = placed(block, place);
        if (part == null) {
            return List.of();
        }
        block.rest(warnings);
        return List.of(part);
    }

    /** A text behind a block that was dropped must not run into the text in front of it. */
    private static Part apart(List<Part> before, Part part) {
        if (!before.isEmpty() && before.getLast() instanceof Part.Text last && part instanceof Part.Text text) {
            return new Part.Text(Words.apart(last.text(), text.text()), text.cache());
        }
        return part;
    }

    /** As {@link #block}; refuses calls and results that stand where nobody would answer or have made them. */
    private @Nullable Part placed(Fields block, Place place) {
        Part part = block(block);
        if (part instanceof Part.ToolCall && place != Place.ASSISTANT && place != Place.SYSTEM) {
            throw Warnings.refused(
                    block.path(), "'" + block.path() + "': a tool_use block can stand in an assistant message only");
        }
        if (part instanceof Part.ToolResult && place != Place.USER && place != Place.SYSTEM) {
            throw Warnings.refused(
                    block.path(), "'" + block.path() + "': a tool_result block can stand in a user message only");
        }
        boolean reasons = part instanceof Part.Reasoning || part instanceof Part.RedactedReasoning;
        if (reasons && (place == Place.USER || place == Place.RESULT)) {
            warnings.dropped(block.path(), "reasoning can stand in an assistant message only");
            return null;
        }
        return part;
    }

    /** Null for a block that cannot be carried over and was warned about. */
    private @Nullable Part block(Fields block) {
        String type = type(block);
        CacheHint cache = cache(block);
        return switch (type) {
            case "text" -> text(block, cache);
            case "image" -> AnthropicMedia.image(block, cache, warnings);
            case "document" -> AnthropicMedia.document(block, cache, warnings);
            case "search_result" -> AnthropicMedia.searchResult(block, cache, warnings);
            case "tool_use" -> toolUse(block, cache);
            case "tool_result" -> toolResult(block, cache);
            case "thinking" -> new Part.Reasoning(orEmpty(block.text("thinking")), orEmpty(block.text("signature")));
            case "redacted_thinking" -> new Part.RedactedReasoning(orEmpty(block.text("data")));
            case "tool_reference" ->
                new Part.Text("[tool " + block.requiredText("tool_name") + " is available]", cache);
            case "container_upload" ->
                throw Warnings.refused(block.path(), "'" + block.path() + "' uploads to a container of Anthropic's");
            default -> {
                warnings.dropped(block.path(), "a block of type '" + type + "' is known to Anthropic only");
                yield null;
            }
        };
    }

    private String type(Fields block) {
        if (!block.has("type") && block.has("text")) {
            warnings.adjusted(block.at("type"), "it is missing, 'text' is understood");
            return "text";
        }
        return block.requiredText("type");
    }

    private static Part text(Fields block, @Nullable CacheHint cache) {
        block.ignore("citations");
        return new Part.Text(block.requiredText("text"), cache);
    }

    private Part toolUse(Fields block, @Nullable CacheHint cache) {
        JsonNode input = block.node("input");
        if (input.isTextual()) {
            warnings.adjusted(block.at("input"), "a string is understood as the JSON in it");
            input = Arguments.read(input.textValue());
        }
        if (!input.isMissingNode() && !input.isObject()) {
            throw block.wrong("input", "an object", input);
        }
        block.ignore("caller", "toolset_name");
        return new Part.ToolCall(
                CallIds.unpacked(block.requiredText("id")),
                block.requiredText("name"),
                input.isMissingNode() ? JsonNodeFactory.instance.objectNode() : input,
                false,
                null,
                cache);
    }

    private Part toolResult(Fields block, @Nullable CacheHint cache) {
        return new Part.ToolResult(
                CallIds.unpacked(block.requiredText("tool_use_id")),
                content(block, Place.RESULT),
                block.flag("is_error"),
                cache,
                block.path());
    }

    /** A block's wish for the cache. */
    static @Nullable CacheHint cache(Fields block) {
        Fields control = block.object("cache_control");
        if (control == null) {
            return null;
        }
        return "1h".equals(control.text("ttl")) ? CacheHint.LONG : CacheHint.SHORT;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
