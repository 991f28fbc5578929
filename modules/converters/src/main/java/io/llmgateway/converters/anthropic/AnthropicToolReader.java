package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.llmgateway.converters.canonical.CacheHint;
import io.llmgateway.converters.canonical.Tool;
import io.llmgateway.converters.canonical.Tool.Kind;
import io.llmgateway.converters.canonical.ToolChoice;
import io.llmgateway.converters.hub.BuiltInTools;
import io.llmgateway.converters.hub.Fields;
import io.llmgateway.converters.hub.Schemas;
import io.llmgateway.converters.hub.ToolChoices;
import io.llmgateway.converters.hub.ToolNames;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.wire.Json;
import java.io.IOException;
import java.util.ArrayList;
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

    private static final Set<String> OWN_CHOICES = Set.of("auto", "any", "tool", "none");

    private final Warnings warnings;
    private final List<Tool> tools;
    private final ToolChoice choice;

    AnthropicToolReader(Fields root, Warnings warnings) {
        this.warnings = warnings;
        List<Tool> read = new ArrayList<>();
        for (Fields tool : root.objects("tools")) {
            Tool one = tool(tool);
            if (one != null) {
                read.add(one);
            }
        }
        this.tools = ToolNames.distinct(read, warnings);
        this.choice = new ToolChoices(root, OWN_CHOICES, "tool_choice.name", tools, warnings).read(true);
    }

    List<Tool> tools() {
        return tools;
    }

    ToolChoice choice() {
        return choice;
    }

    /** Null for a tool that only Anthropic runs and that was warned about. */
    private @Nullable Tool tool(Fields tool) {
        String type = tool.text("type");
        CacheHint cache = AnthropicMessageReader.cache(tool);
        if (type == null || "custom".equals(type)) {
            return function(tool, cache);
        }
        if ("function".equals(type)) {
            warnings.adjusted(tool.at("type"), "it is OpenAI's");
            Fields inner = tool.object("function");
            Tool read = function(inner == null ? tool : inner, cache);
            tool.rest(warnings);
            return read;
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
        Kind kind = BuiltInTools.kind(type);
        if (kind != null) {
            return BuiltInTools.read(tool, kind, cache, warnings);
        }
        if (type.startsWith("computer_")) {
            throw Warnings.refused(tool.at("type"), "'" + tool.at("type") + "' needs a model trained for it");
        }
        warnings.dropped(tool.path(), "a tool of type '" + type + "' works with Anthropic only");
        return null;
    }

    private Tool function(Fields tool, @Nullable CacheHint cache) {
        JsonNode schema = schema(tool);
        String description = tool.text("description");
        tool.ignore("type", "input_examples", "defer_loading", "allowed_callers", "eager_input_streaming");
        Tool read = Tool.function(
                tool.requiredText("name"),
                description == null ? "" : description,
                schema,
                tool.flag("strict"),
                cache,
                tool.path());
        tool.rest(warnings);
        return read;
    }

    /** The schema; a placeholder of a tool that is loaded later has none. */
    private JsonNode schema(Fields tool) {
        String field = tool.has("input_schema") || !tool.has("parameters") ? "input_schema" : "parameters";
        JsonNode schema = tool.node(field);
        if (!schema.isMissingNode() && !schema.isObject()) {
            throw tool.wrong(field, "a JSON Schema object", schema);
        }
        if (!schema.isObject() || !"input_schema".equals(field)) {
            warnings.adjusted(tool.at("input_schema"), "it is missing");
        }
        if (Schemas.hasCapitals(schema)) {
            warnings.adjusted(tool.at(field), "its types are written in small letters");
            return Schemas.withoutCapitals(schema);
        }
        return schema.isObject() ? schema : JsonNodeFactory.instance.objectNode();
    }

    private Tool defined(Fields tool, String schema, String description, @Nullable CacheHint cache) {
        try {
            JsonNode tree = Json.mapper().readTree(schema);
            String name = tool.requiredText("name");
            tool.ignore("defer_loading", "allowed_callers");
            tool.rest(warnings);
            return Tool.function(name, description, tree, false, cache, tool.path());
        } catch (IOException e) {
            throw new IllegalStateException("a schema of our own cannot be read", e);
        }
    }
}
