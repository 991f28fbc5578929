package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.llmgateway.converters.canonical.CacheHint;
import io.llmgateway.converters.canonical.Tool;
import io.llmgateway.converters.canonical.Tool.Kind;
import io.llmgateway.converters.canonical.ToolChoice;
import io.llmgateway.converters.canonical.ToolChoice.Mode;
import io.llmgateway.converters.hub.Fields;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.wire.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads tools and the choice among them. The tools that Anthropic defines and the client runs (bash, text editor,
 * memory) become ordinary functions, so that any model can call them. Confined to one request.
 */
final class AnthropicToolReader {
    private static final String BASH = """
            {"type":"object","properties":{"command":{"type":"string","description":"The bash command to run"},
            "restart":{"type":"boolean","description":"Restart the shell instead"}}}""";
    private static final String EDITOR = """
            {"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert"]},
            "path":{"type":"string"},"file_text":{"type":"string"},"old_str":{"type":"string"},
            "new_str":{"type":"string"},"insert_line":{"type":"integer"},"insert_text":{"type":"string"},
            "view_range":{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":2}},
            "required":["command","path"]}""";
    private static final String MEMORY = """
            {"type":"object","properties":{"command":{"type":"string",
            "enum":["view","create","str_replace","insert","delete","rename"]},
            "path":{"type":"string"},"file_text":{"type":"string"},"old_str":{"type":"string"},
            "new_str":{"type":"string"},"insert_line":{"type":"integer"},"insert_text":{"type":"string"},
            "old_path":{"type":"string"},"new_path":{"type":"string"},
            "view_range":{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":2}},
            "required":["command"]}""";

    private final Fields root;
    private final Warnings warnings;
    private final List<Tool> tools = new ArrayList<>();
    private final ToolChoice choice;

    AnthropicToolReader(Fields root, Warnings warnings) {
        this.root = root;
        this.warnings = warnings;
        Set<String> names = new HashSet<>();
        for (Fields tool : root.objects("tools")) {
            Tool read = tool(tool);
            if (read != null && !names.add(read.name())) {
                throw Warnings.refused(
                        tool.path(), "'" + tool.path() + "' repeats the tool name '" + read.name() + "'");
            }
            if (read != null) {
                tools.add(read);
            }
        }
        this.choice = readChoice();
    }

    List<Tool> tools() {
        return tools;
    }

    ToolChoice choice() {
        return choice;
    }

    private ToolChoice readChoice() {
        Fields said = root.object("tool_choice");
        if (said == null) {
            return ToolChoice.UNSAID;
        }
        boolean parallel = !said.flag("disable_parallel_tool_use");
        String type = said.requiredText("type");
        ToolChoice read = switch (type) {
            case "auto" -> new ToolChoice(Mode.AUTO, List.of(), parallel);
            case "any" -> new ToolChoice(Mode.REQUIRED, List.of(), parallel);
            case "none" -> new ToolChoice(Mode.NONE, List.of(), true);
            case "tool" -> new ToolChoice(Mode.NAMED, List.of(said.requiredText("name")), parallel);
            default -> throw said.unknownValue("type", type, "auto, any, tool, none");
        };
        said.rest(warnings);
        for (String name : read.names()) {
            if (tools.stream().noneMatch(tool -> tool.name().equals(name))) {
                throw Warnings.refused("tool_choice.name", "'tool_choice.name' is '" + name + "', which is not sent");
            }
        }
        return read;
    }

    /** Null for a tool that only Anthropic runs and that was warned about. */
    private @Nullable Tool tool(Fields tool) {
        String type = tool.text("type");
        CacheHint cache = AnthropicMessageReader.cache(tool);
        if (type == null || "custom".equals(type)) {
            return function(tool, cache);
        }
        if (type.startsWith("bash_")) {
            return defined(tool, BASH, "Runs a command in a persistent bash session", cache);
        }
        if (type.startsWith("text_editor_")) {
            return defined(tool, EDITOR, "Views, creates and edits text files", cache);
        }
        if (type.startsWith("memory_")) {
            return defined(tool, MEMORY, "Keeps notes in files of a memory directory", cache);
        }
        return server(tool, type, cache);
    }

    private @Nullable Tool server(Fields tool, String type, @Nullable CacheHint cache) {
        Kind kind = type.startsWith("web_search_")
                ? Kind.WEB_SEARCH
                : type.startsWith("web_fetch_")
                        ? Kind.WEB_FETCH
                        : type.startsWith("code_execution_") ? Kind.CODE_EXECUTION : null;
        if (kind != null) {
            String name = tool.text("name");
            JsonNode none = JsonNodeFactory.instance.objectNode();
            return new Tool(kind, name == null ? type : name, "", none, false, cache, tool.path());
        }
        if (type.startsWith("computer_")) {
            throw Warnings.refused(tool.at("type"), "'" + tool.at("type") + "' needs a model trained for it");
        }
        warnings.dropped(tool.path(), "a tool of type '" + type + "' works with Anthropic only");
        return null;
    }

    private Tool function(Fields tool, @Nullable CacheHint cache) {
        JsonNode schema = tool.node("input_schema");
        if (!schema.isObject()) {
            throw tool.wrong("input_schema", "a JSON Schema object", schema);
        }
        String description = tool.text("description");
        tool.ignore("input_examples", "defer_loading", "allowed_callers", "eager_input_streaming");
        Tool read = new Tool(
                Kind.FUNCTION,
                tool.requiredText("name"),
                description == null ? "" : description,
                schema,
                tool.flag("strict"),
                cache,
                tool.path());
        tool.rest(warnings);
        return read;
    }

    private static Tool defined(Fields tool, String schema, String description, @Nullable CacheHint cache) {
        try {
            JsonNode tree = Json.mapper().readTree(schema);
            return new Tool(Kind.FUNCTION, tool.requiredText("name"), description, tree, false, cache, tool.path());
        } catch (IOException e) {
            throw new IllegalStateException("a schema of our own cannot be read", e);
        }
    }
}
