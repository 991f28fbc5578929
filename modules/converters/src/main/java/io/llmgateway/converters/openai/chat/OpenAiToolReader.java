package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.canonical.CacheHint;
import io.llmgateway.converters.canonical.Tool;
import io.llmgateway.converters.canonical.ToolChoice;
import io.llmgateway.converters.canonical.ToolChoice.Mode;
import io.llmgateway.converters.hub.Fields;
import io.llmgateway.converters.hub.Warnings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads tools and the choice among them, the deprecated functions included. Confined to one request. */
final class OpenAiToolReader {
    private final Fields root;
    private final Warnings warnings;
    private final List<Tool> tools = new ArrayList<>();
    private final boolean legacy;
    private final ToolChoice choice;

    OpenAiToolReader(Fields root, Warnings warnings) {
        this.root = root;
        this.warnings = warnings;
        for (Fields tool : root.objects("tools")) {
            tools.add(tool(tool));
        }
        List<Fields> functions = root.objects("functions");
        this.legacy = !functions.isEmpty();
        for (Fields function : functions) {
            tools.add(function(function, null));
        }
        refuseDoubles();
        this.choice = legacy ? legacyChoice() : readChoice();
    }

    List<Tool> tools() {
        return tools;
    }

    ToolChoice choice() {
        return choice;
    }

    private ToolChoice readChoice() {
        boolean parallel = root.flag("parallel_tool_calls", true);
        JsonNode said = root.node("tool_choice");
        ToolChoice read = said.isTextual() || said.isMissingNode() ? plain(said, parallel) : named(parallel);
        if (tools.isEmpty() && read.forced()) {
            throw Warnings.refused("tool_choice", "'tool_choice' demands a call, but there are no tools");
        }
        Set<String> sent = new HashSet<>();
        tools.forEach(tool -> sent.add(tool.name()));
        for (String name : read.names()) {
            if (!sent.contains(name)) {
                throw Warnings.refused("tool_choice", "'tool_choice' names the tool '" + name + "', which is not sent");
            }
        }
        return read;
    }

    /** True when the client speaks of functions, and must be answered so. */
    boolean legacy() {
        return legacy;
    }

    private ToolChoice plain(JsonNode said, boolean parallel) {
        Mode mode = switch (said.asText("")) {
            case "" -> Mode.UNSAID;
            case "auto" -> Mode.AUTO;
            case "none" -> Mode.NONE;
            case "required" -> Mode.REQUIRED;
            default -> throw root.unknownValue("tool_choice", said.asText(), "none, auto, required, or an object");
        };
        return new ToolChoice(mode, List.of(), parallel);
    }

    private ToolChoice named(boolean parallel) {
        Fields said = Fields.of(root.node("tool_choice"), "tool_choice");
        String type = said.requiredText("type");
        if ("allowed_tools".equals(type)) {
            Fields allowed = Fields.of(said.node("allowed_tools"), "tool_choice.allowed_tools");
            List<String> names = new ArrayList<>();
            for (Fields tool : allowed.objects("tools")) {
                names.add(nameOf(tool, tool.requiredText("type")));
            }
            Mode mode = "required".equals(allowed.text("mode")) ? Mode.REQUIRED : Mode.AUTO;
            return new ToolChoice(mode, names, parallel);
        }
        return new ToolChoice(Mode.NAMED, List.of(nameOf(said, type)), parallel);
    }

    private static String nameOf(Fields holder, String type) {
        Fields named = holder.object(type);
        if (named == null) {
            throw Warnings.refused(holder.at(type), "'" + holder.at(type) + "' is missing");
        }
        return named.requiredText("name");
    }

    private ToolChoice legacyChoice() {
        JsonNode said = root.node("function_call");
        if (said.isObject()) {
            String name = Fields.of(said, "function_call").requiredText("name");
            return new ToolChoice(Mode.NAMED, List.of(name), false);
        }
        Mode mode = switch (said.asText("")) {
            case "none" -> Mode.NONE;
            case "auto" -> Mode.AUTO;
            case "" -> Mode.UNSAID;
            default -> throw root.unknownValue("function_call", said.asText(), "none, auto, or an object");
        };
        return new ToolChoice(mode, List.of(), false);
    }

    private Tool tool(Fields tool) {
        String type = tool.requiredText("type");
        CacheHint cache = OpenAiCache.hint(tool);
        Tool read = switch (type) {
            case "function" -> function(inner(tool, "function"), cache);
            case "custom" -> custom(inner(tool, "custom"), cache);
            default ->
                throw Warnings.refused(tool.at("type"), "'" + tool.at("type") + "' must be function or custom here");
        };
        tool.rest(warnings);
        return read;
    }

    private static Fields inner(Fields tool, String name) {
        Fields inner = tool.object(name);
        if (inner == null) {
            throw Warnings.refused(tool.at(name), "'" + tool.at(name) + "' is missing");
        }
        return inner;
    }

    private Tool function(Fields function, @Nullable CacheHint outer) {
        JsonNode schema = function.node("parameters");
        if (!schema.isMissingNode() && !schema.isObject()) {
            throw function.wrong("parameters", "a JSON Schema object", schema);
        }
        CacheHint inside = OpenAiCache.hint(function);
        Tool read = new Tool(
                Tool.Kind.FUNCTION,
                name(function),
                described(function),
                schema.isMissingNode() ? JsonNodeFactory.instance.objectNode() : schema,
                function.flag("strict"),
                outer == null ? inside : outer,
                function.path());
        function.rest(warnings);
        return read;
    }

    private Tool custom(Fields custom, @Nullable CacheHint cache) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
        schema.putObject("properties").putObject("input").put("type", "string");
        schema.putArray("required").add("input");
        String description = described(custom);
        Fields format = custom.object("format");
        if (format != null && "grammar".equals(format.text("type"))) {
            warnings.adjusted(custom.at("format"), "a grammar is only described to the model, not enforced");
            Fields grammar = Fields.of(format.node("grammar"), format.at("grammar"));
            description += (description.isEmpty() ? "" : "\n\n") + "The input must follow this "
                    + grammar.text("syntax") + " grammar:\n" + grammar.text("definition");
        }
        return new Tool(Tool.Kind.CUSTOM, name(custom), description, schema, false, cache, custom.path());
    }

    private static String name(Fields holder) {
        String name = holder.requiredText("name");
        if (name.isEmpty()) {
            throw Warnings.refused(holder.at("name"), "'" + holder.at("name") + "' must not be empty");
        }
        return name;
    }

    private static String described(Fields holder) {
        String description = holder.text("description");
        return description == null ? "" : description;
    }

    private void refuseDoubles() {
        Set<String> names = new HashSet<>();
        for (Tool tool : tools) {
            if (!names.add(tool.name())) {
                throw Warnings.refused(
                        tool.path(), "'" + tool.path() + "' repeats the tool name '" + tool.name() + "'");
            }
        }
    }
}
