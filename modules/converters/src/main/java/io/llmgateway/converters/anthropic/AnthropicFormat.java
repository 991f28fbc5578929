package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.converters.canonical.OutputFormat;
import io.llmgateway.converters.canonical.OutputFormat.JsonSchema;
import io.llmgateway.converters.hub.FormatInstruction;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.wire.WorkBudget;
import org.jspecify.annotations.Nullable;

/**
 * How the answer's form is asked for: natively, by a tool whose input is the answer, or by words. At most one of the
 * three is set. Immutable.
 *
 * @param schema for the native way
 * @param tool the name of the tool that must be called
 * @param toolSchema its schema
 * @param instruction words for the system prompt
 */
record AnthropicFormat(
        @Nullable JsonNode schema,
        @Nullable String tool,
        @Nullable JsonNode toolSchema,
        @Nullable String instruction) {
    private static final String TOOL = "json_response";

    /** Chooses what the model understands. */
    static AnthropicFormat decide(ChatRequest request, AnthropicModels model, Warnings warnings, WorkBudget work) {
        return switch (request.format()) {
            case OutputFormat.Text text -> new AnthropicFormat(null, null, null, null);
            case OutputFormat.JsonObject object -> new AnthropicFormat(null, null, null, FormatInstruction.JSON_OBJECT);
            case JsonSchema schema -> schema(request, schema, model, warnings, work);
        };
    }

    private static AnthropicFormat schema(
            ChatRequest request, JsonSchema asked, AnthropicModels model, Warnings warnings, WorkBudget work) {
        String field = request.names().format();
        AnthropicSchema output = AnthropicSchema.forOutput(asked.schema(), work);
        boolean expressible = output.expressible();
        if (model.structured() && expressible) {
            if (output.weakened()) {
                warnings.adjusted(field, "keywords the provider does not enforce became part of descriptions");
            }
            return new AnthropicFormat(output.schema(), null, null, null);
        }
        boolean object = "object".equals(asked.schema().path("type").asText());
        if (request.tools().isEmpty() && object) {
            if (!expressible) {
                warnings.adjusted(field, "the schema refers to itself");
            }
            String name = asked.name() == null ? TOOL : asked.name();
            return new AnthropicFormat(null, name, asked.schema(), null);
        }
        warnings.adjusted(field, "the model is asked for it in words");
        return new AnthropicFormat(null, null, null, FormatInstruction.schema(asked.schema()));
    }
}
