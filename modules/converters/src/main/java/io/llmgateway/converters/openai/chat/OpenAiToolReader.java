package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.canonical.CacheHint;
import io.llmgateway.converters.canonical.Tool;
import io.llmgateway.converters.canonical.ToolChoice;
import io.llmgateway.converters.canonical.ToolChoice.Mode;
import io.llmgateway.converters.hub.BuiltInTools;
import io.llmgateway.converters.hub.Fields;
import io.llmgateway.converters.hub.Schemas;
import io.llmgateway.converters.hub.ToolChoices;
import io.llmgateway.converters.hub.ToolNames;
import io.llmgateway.converters.hub.Warnings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads tools and the choice among them, the deprecated functions included. Confined to one request. */
final class OpenAiToolReader {
    private static final Set<String> OWN_CHOICES =
            Set.of("none", "auto", "required", "function", "custom", "allowed_tools");

    private final Fields root;
    private final Warnings warnings;
    private final List<Tool> tools;
    private final boolean legacy;
    private final ToolChoice choice;

    OpenAiToolReader(Fields root, Warnings warnings) {
        this.root = root;
        this.warnings = warnings;
        List<Tool> read = new ArrayList<>();
        for (Fields tool : root.objects("tools")) {
            read.add(tool(tool));
        }
        List<Fields> functions = root.objects("functions");
        this.legacy = !functions.isEmpty();
        for (Fields function : functions) {
            read.add(function(function, null));
        }
        Fields search = root.object("web_search_options");
        if (search != null) {
            read.add(BuiltInTools.search(search, warnings));
        }
        this.tools = ToolNames.distinct(read, warnings);
        boolean parallel = root.flag("parallel_tool_calls", true);
        this.choice = legacy
                ? legacyChoice()
                : new ToolChoices(root, OWN_CHOICES, "tool_choice", tools, warnings).read(parallel);
    }

    List<Tool> tools() {
        return tools;
    }

    ToolChoice choice() {
        return choice;
    }

    /** True when the client speaks of functions, and must be answered so. */
    boolean legacy() {
        return legacy;
    }

    private ToolChoice legacyChoice() {
        JsonNode said = root.node("function_call");
        if (said.isObject()) {
            Fields call = Fields.of(said, "function_call");
            String name = call.requiredText("name");
            call.rest(warnings);
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

    /** A tool in the protocol's form, in that of the Responses API or of another protocol. */
    private Tool tool(Fields tool) {
        CacheHint cache = OpenAiCache.hint(tool);
        tool.ignore("defer_loading", "async");
        String type = type(tool);
        boolean function = "function".equals(type) || ("custom".equals(type) && tool.has("input_schema"));
        if (function || "custom".equals(type)) {
            Fields inner = tool.object(type);
            if (inner == null) {
                inner = flat(tool, type);
            }
            Tool read = function ? function(inner, cache) : custom(inner, cache);
            tool.rest(warnings);
            return read;
        }
        Tool.Kind kind = type.isEmpty() ? BuiltInTools.named(tool) : BuiltInTools.kind(type);
        if (kind == null) {
            throw Warnings.refused(tool.at("type"), "'" + tool.at("type") + "' must be function or custom here");
        }
        return BuiltInTools.read(tool, kind, cache, warnings);
    }

    /** Empty for a tool without a type that is no function. */
    private String type(Fields tool) {
        String type = tool.text("type");
        if (type != null) {
            return type;
        }
        boolean function = tool.has("function") || tool.has("parameters") || tool.has("input_schema");
        String guessed = function ? "function" : tool.has("custom") ? "custom" : "";
        if (!guessed.isEmpty()) {
            warnings.adjusted(tool.at("type"), "it is missing, '" + guessed + "' is understood");
        }
        return guessed;
    }

    private Fields flat(Fields tool, String type) {
        if (!tool.has("name")) {
            throw Warnings.refused(tool.at(type), "'" + tool.at(type) + "' is missing");
        }
        warnings.adjusted(tool.path(), "its fields stand beside its type");
        return tool;
    }

    private Tool function(Fields function, @Nullable CacheHint outer) {
        String field = function.has("parameters") || !function.has("input_schema") ? "parameters" : "input_schema";
        JsonNode schema = function.node(field);
        if (!schema.isMissingNode() && !schema.isObject()) {
            throw function.wrong(field, "a JSON Schema object", schema);
        }
        if (Schemas.hasCapitals(schema)) {
            warnings.adjusted(function.at(field), "its types are written in small letters");
            schema = Schemas.withoutCapitals(schema);
        }
        CacheHint inside = OpenAiCache.hint(function);
        Tool read = Tool.function(
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
            Fields inner = format.object("grammar");
            Fields grammar = inner == null ? format : inner;
            description += (description.isEmpty() ? "" : "\n\n") + "The input must follow this "
                    + grammar.requiredText("syntax") + " grammar:\n" + grammar.requiredText("definition");
            grammar.ignore("type", "grammar");
            grammar.rest(warnings);
        }
        if (format != null) {
            format.ignore("type", "grammar", "syntax", "definition");
            format.rest(warnings);
        }
        String name = name(custom);
        custom.ignore("type", "cache_control", "prompt_cache_breakpoint");
        custom.rest(warnings);
        return Tool.custom(name, description, schema, cache, custom.path());
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
}
