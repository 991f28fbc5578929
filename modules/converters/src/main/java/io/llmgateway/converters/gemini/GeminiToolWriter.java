package io.llmgateway.converters.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.converters.canonical.Tool;
import io.llmgateway.converters.canonical.Tool.Kind;
import io.llmgateway.converters.canonical.ToolChoice;
import io.llmgateway.converters.canonical.ToolChoice.Mode;
import io.llmgateway.converters.hub.BuiltInTools;
import io.llmgateway.converters.hub.ToolNames;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.WorkBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Writes tools and the choice among them. Confined to one attempt. */
final class GeminiToolWriter {
    private final JsonOut out;
    private final ToolNames names;
    private final GeminiModels model;
    private final Warnings warnings;
    private final GeminiSchema.Growth growth;
    private final WorkBudget work;

    GeminiToolWriter(
            JsonOut out,
            ToolNames names,
            GeminiModels model,
            Warnings warnings,
            GeminiSchema.Growth growth,
            WorkBudget work) {
        this.growth = growth;
        this.work = work;
        this.out = out;
        this.names = names;
        this.model = model;
        this.warnings = warnings;
    }

    /** Writes both fields, or neither. */
    void write(ChatRequest request) {
        List<Tool> functions = new ArrayList<>();
        List<Tool> builtIn = new ArrayList<>();
        for (Tool tool : request.tools()) {
            boolean function = tool.kind() == Kind.FUNCTION || tool.kind() == Kind.CUSTOM;
            (function ? functions : builtIn).add(tool);
        }
        if (!functions.isEmpty() && !model.third()) {
            builtIn.forEach(
                    tool -> warnings.dropped(tool.path(), "the model cannot use it beside functions of the client"));
            builtIn.clear();
        }
        if (functions.isEmpty() && builtIn.isEmpty()) {
            return;
        }
        List<Tool> declared = declared(functions, request.choice());
        out.array("tools");
        if (!declared.isEmpty()) {
            out.object().array("functionDeclarations");
            declared.forEach(this::declaration);
            out.endArray().endObject();
        }
        builtIn.forEach(this::builtIn);
        out.endArray();
        if (!declared.isEmpty()) {
            choice(request, declared);
        } else if (request.choice().forced()) {
            warnings.dropped("tool_choice", "the provider's own tools cannot be forced");
        }
    }

    private List<Tool> declared(List<Tool> functions, ToolChoice choice) {
        boolean filter = choice.mode() == Mode.AUTO && !choice.names().isEmpty() && !model.validates();
        if (!filter) {
            return functions;
        }
        Set<String> names = Set.copyOf(choice.names());
        return functions.stream().filter(tool -> names.contains(tool.name())).toList();
    }

    private void declaration(Tool tool) {
        out.object().field("name", names.toSend(tool.name()));
        out.field("description", tool.description());
        GeminiSchema.Converted schema = GeminiSchema.convert(tool.schema(), growth, work);
        if (schema.weakened()) {
            warnings.adjusted(tool.path(), "keywords the provider does not know became descriptions");
        }
        if (takesArguments(schema.schema())) {
            out.field("parametersJsonSchema", schema.schema());
        }
        out.endObject();
    }

    private static boolean takesArguments(JsonNode schema) {
        JsonNode more = schema.path("additionalProperties");
        return !schema.path("properties").isEmpty()
                || schema.has("anyOf")
                || schema.has("$ref")
                || more.isObject()
                || more.asBoolean();
    }

    private void builtIn(Tool tool) {
        BuiltInTools.dropOptions(tool, warnings);
        String name = switch (tool.kind()) {
            case WEB_SEARCH -> "googleSearch";
            case WEB_FETCH -> "urlContext";
            case CODE_EXECUTION -> "codeExecution";
            case FUNCTION, CUSTOM -> throw new IllegalArgumentException("a function is not built in");
        };
        out.object().object(name).endObject().endObject();
    }

    private void choice(ChatRequest request, List<Tool> declared) {
        ToolChoice choice = request.choice();
        if (!choice.parallel()) {
            warnings.dropped(request.names().parallel(), "the provider has no such switch");
        }
        boolean strict = declared.stream().anyMatch(Tool::strict);
        if (strict && !model.validates()) {
            warnings.dropped("tools.strict", "the model cannot enforce schemas of tools");
        }
        boolean allowed = !choice.names().isEmpty() && choice.mode() == Mode.AUTO && model.validates();
        boolean validated = allowed || (strict && model.validates() && !choice.forced());
        if (choice.mode() == Mode.VALIDATED && !model.validates()) {
            warnings.adjusted("tool_choice", "the model cannot enforce schemas of tools");
        }
        String mode = switch (choice.mode()) {
            case VALIDATED -> model.validates() ? "VALIDATED" : "AUTO";
            case UNSAID -> validated ? "VALIDATED" : "";
            case AUTO -> validated ? "VALIDATED" : "AUTO";
            case NONE -> "NONE";
            case REQUIRED, NAMED -> "ANY";
        };
        if (mode.isEmpty()) {
            return;
        }
        out.object("toolConfig").object("functionCallingConfig").field("mode", mode);
        if (!choice.names().isEmpty() && (allowed || choice.forced())) {
            out.array("allowedFunctionNames");
            choice.names().forEach(name -> out.string(names.toSend(name)));
            out.endArray();
        }
        out.endObject().endObject();
    }
}
