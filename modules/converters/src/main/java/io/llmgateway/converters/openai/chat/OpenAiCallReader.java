package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.hub.Arguments;
import io.llmgateway.converters.hub.CallIds;
import io.llmgateway.converters.hub.Fields;
import io.llmgateway.converters.hub.Warnings;
import org.jspecify.annotations.Nullable;

/** Reads tool calls of the history. Confined to one request. */
final class OpenAiCallReader {
    private final Warnings warnings;

    OpenAiCallReader(Warnings warnings) {
        this.warnings = warnings;
    }

    /** One entry of {@code tool_calls}. */
    Part.ToolCall call(Fields call, int turn, int index) {
        String given = call.text("id");
        String id = given == null ? "" : given;
        String type = call.text("type");
        if (type != null && !"function".equals(type) && !"custom".equals(type)) {
            warnings.adjusted(call.at("type"), "it is understood as function");
        }
        call.ignore("index", "cache_control");
        Part.ToolCall read;
        if ("custom".equals(type) || (type == null && call.has("custom"))) {
            read = custom(Fields.of(call.node("custom"), call.at("custom")), id, turn, index);
        } else {
            Fields inner = call.has("function") || !call.has("name")
                    ? Fields.of(call.node("function"), call.at("function"))
                    : call;
            Part.ToolCall function = function(inner, id, turn, index);
            read = new Part.ToolCall(
                    function.id(), function.name(), function.input(), false, proof(call), OpenAiCache.hint(call));
        }
        call.rest(warnings);
        return read;
    }

    /** A function with its arguments. */
    Part.ToolCall function(Fields function, String id, int turn, int index) {
        String name = function.requiredText("name");
        JsonNode given = function.node("arguments");
        String arguments = given.isObject() ? "" : orEmpty(function.text("arguments"));
        JsonNode input = given.isObject() ? given : Arguments.read(arguments);
        if (Arguments.isRaw(input)) {
            warnings.adjusted(function.at("arguments"), "it is not a JSON object");
        }
        function.ignore("id", "type", "index", "extra_content");
        function.rest(warnings);
        return new Part.ToolCall(
                id.isEmpty() ? CallIds.derived(turn, index, name, arguments) : id, name, input, false, null, null);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private Part.ToolCall custom(Fields custom, String id, int turn, int index) {
        String name = custom.requiredText("name");
        String text = custom.requiredText("input");
        JsonNode input = JsonNodeFactory.instance.objectNode().put("input", text);
        custom.rest(warnings);
        String usable = id.isEmpty() ? CallIds.derived(turn, index, name, text) : id;
        return new Part.ToolCall(usable, name, input, true, null, null);
    }

    /** Gemini's proof, in the place where Google's own compatible endpoint puts it. */
    private static @Nullable String proof(Fields call) {
        JsonNode proof = call.node("extra_content").path("google").path("thought_signature");
        return proof.isTextual() ? proof.textValue() : null;
    }
}
