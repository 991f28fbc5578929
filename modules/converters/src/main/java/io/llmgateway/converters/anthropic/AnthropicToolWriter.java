package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.canonical.Tool;
import io.llmgateway.converters.canonical.Tool.Kind;
import io.llmgateway.converters.canonical.ToolChoice;
import io.llmgateway.converters.canonical.ToolChoice.Mode;
import io.llmgateway.converters.canonical.Turn;
import io.llmgateway.converters.hub.BuiltInTools;
import io.llmgateway.converters.hub.Conversation;
import io.llmgateway.converters.hub.ToolNames;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.WorkBudget;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Writes tools and the choice among them. Confined to one attempt. */
final class AnthropicToolWriter {
    private static final JsonNode NO_ARGUMENTS = JsonNodeFactory.instance.objectNode();

    /** The version every model with search knows. */
    private static final String SEARCH = "web_search_20250305";

    private final JsonOut out;
    private final ToolNames names;
    private final AnthropicBreakpoints breakpoints;
    private final Warnings warnings;
    private final WorkBudget work;

    AnthropicToolWriter(
            JsonOut out, ToolNames names, AnthropicBreakpoints breakpoints, Warnings warnings, WorkBudget work) {
        this.work = work;
        this.out = out;
        this.names = names;
        this.breakpoints = breakpoints;
        this.warnings = warnings;
    }

    /** Writes both fields, or neither. */
    void write(ChatRequest request, List<Turn> turns, AnthropicFormat format, AnthropicModels model) {
        Set<String> used = used(turns);
        List<Tool> tools =
                allowed(request, used).stream().filter(this::isSendable).toList();
        if (format.tool() != null && format.toolSchema() != null) {
            formatTool(format.tool(), format.toolSchema(), used);
            return;
        }
        if (tools.isEmpty() && used.isEmpty()) {
            return;
        }
        out.array("tools");
        for (Tool tool : tools) {
            tool(tool, model);
        }
        if (tools.isEmpty()) {
            // the provider wants a definition of every tool its history speaks of
            used.forEach(this::fromHistory);
        }
        out.endArray();
        choice(tools.isEmpty() ? new ToolChoice(Mode.NONE, List.of(), true) : request.choice());
    }

    private static Set<String> used(List<Turn> turns) {
        Set<String> used = new LinkedHashSet<>();
        for (Turn turn : turns) {
            for (Part.ToolCall call : Conversation.calls(turn)) {
                used.add(call.name());
            }
        }
        return used;
    }

    /** There is no list of allowed tools: the others are not sent, unless the history used them. */
    private List<Tool> allowed(ChatRequest request, Set<String> used) {
        ToolChoice choice = request.choice();
        if (choice.names().isEmpty() || choice.mode() == Mode.NAMED) {
            return request.tools();
        }
        Set<String> named = Set.copyOf(choice.names());
        List<Tool> allowed = new ArrayList<>();
        for (Tool tool : request.tools()) {
            if (named.contains(tool.name()) || used.contains(tool.name())) {
                allowed.add(tool);
            }
        }
        if (allowed.size() < request.tools().size()) {
            warnings.adjusted(
                    "tool_choice", "tools that are not allowed are not sent, which changes the cached prompt");
        }
        return allowed;
    }

    /** Fetching pages and running code need a beta that not every account has. */
    private boolean isSendable(Tool tool) {
        boolean sendable = tool.kind() != Kind.WEB_FETCH && tool.kind() != Kind.CODE_EXECUTION;
        if (!sendable) {
            warnings.dropped(tool.path(), "the provider's own tool for it is not switched on");
        }
        return sendable;
    }

    private void search(Tool tool) {
        out.object().field("type", SEARCH).field("name", names.toSend(tool.name()));
        for (String option : BuiltInTools.OPTIONS) {
            JsonNode value = tool.schema().path(option);
            if (!value.isMissingNode()) {
                out.field(option, value);
            }
        }
        breakpoints.write(out, tool);
        out.endObject();
    }

    private void tool(Tool tool, AnthropicModels model) {
        if (tool.kind() == Kind.WEB_SEARCH) {
            search(tool);
            return;
        }
        out.object().field("name", names.toSend(tool.name()));
        if (!tool.description().isEmpty()) {
            out.field("description", tool.description());
        }
        schema(tool, model);
        breakpoints.write(out, tool);
        out.endObject();
    }

    /** A strict tool needs closed objects at every level: an open schema is closed, what else is missing weakens it. */
    private void schema(Tool tool, AnthropicModels model) {
        AnthropicSchema schema = AnthropicSchema.forTool(tool.schema(), work);
        if (schema.weakened()) {
            warnings.adjusted(tool.path(), "alternatives at the top of the schema were merged");
        }
        if (tool.strict()) {
            AnthropicSchema output = AnthropicSchema.forOutput(schema.schema(), work);
            if (model.structured() && output.expressible() && !output.weakened()) {
                if (AnthropicSchema.isOpen(schema.schema())) {
                    warnings.adjusted(tool.path() + ".strict", "the provider enforces closed objects only");
                }
                out.field("input_schema", output.schema()).field("strict", true);
                return;
            }
            warnings.dropped(tool.path() + ".strict", "the provider cannot enforce this schema");
        }
        out.field("input_schema", schema.schema());
    }

    private void fromHistory(String name) {
        out.object().field("name", names.toSend(name)).field("description", "(history)");
        out.field("input_schema", AnthropicSchema.forTool(NO_ARGUMENTS, work).schema())
                .endObject();
    }

    private void formatTool(String name, JsonNode schema, Set<String> used) {
        String sent = names.toSend(name);
        out.array("tools").object().field("name", sent);
        out.field("description", "Gives the answer in the form that is asked for");
        out.field("input_schema", AnthropicSchema.forTool(schema, work).schema())
                .endObject();
        used.forEach(this::fromHistory);
        out.endArray();
        out.object("tool_choice").field("type", "tool").field("name", sent);
        out.field("disable_parallel_tool_use", true).endObject();
    }

    private void choice(ToolChoice choice) {
        boolean single = !choice.parallel() && choice.mode() != Mode.NONE;
        if (choice.mode() == Mode.VALIDATED) {
            warnings.adjusted("tool_choice", "the provider enforces schemas of strict tools only");
        }
        String type = switch (choice.mode()) {
            case UNSAID -> single ? "auto" : "";
            case AUTO, VALIDATED -> "auto";
            case NONE -> "none";
            case REQUIRED -> "any";
            case NAMED -> "tool";
        };
        if (type.isEmpty()) {
            return;
        }
        out.object("tool_choice").field("type", type);
        if (choice.mode() == Mode.NAMED) {
            out.field("name", names.toSend(choice.names().getFirst()));
        }
        if (single) {
            out.field("disable_parallel_tool_use", true);
        }
        out.endObject();
    }
}
