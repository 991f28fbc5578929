package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.converters.canonical.OutputFormat;
import io.llmgateway.converters.canonical.Sampling;
import io.llmgateway.converters.canonical.Thinking;
import io.llmgateway.converters.canonical.Thinking.Effort;
import io.llmgateway.converters.canonical.Tool;
import io.llmgateway.converters.canonical.Tool.Kind;
import io.llmgateway.converters.canonical.ToolChoice;
import io.llmgateway.converters.canonical.Turn.Role;
import io.llmgateway.converters.hub.Conversation;
import io.llmgateway.converters.hub.Digests;
import io.llmgateway.converters.hub.StopTexts;
import io.llmgateway.converters.hub.Target;
import io.llmgateway.converters.hub.ToolNames;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.converters.hub.Written;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a chat completions request. Fields come in a fixed order, so equal requests give equal bytes. Confined to one
 * attempt.
 */
final class OpenAiRequestWriter {
    private static final Conversation.Rules RULES = new Conversation.Rules(false, false, false, true);
    private static final int MAX_STOPS = 4;
    private static final int MAX_USER = 64;
    private static final int HIGH_BUDGET = 10_000;
    private static final int MEDIUM_BUDGET = 5_000;
    private static final int LOW_BUDGET = 2_000;

    private final ChatRequest request;
    private final Target target;
    private final Warnings warnings;
    private final OpenAiModels model;
    private final ToolNames names = new ToolNames(false);
    private final OutBuffer bytes;
    private final JsonOut out;

    OpenAiRequestWriter(ChatRequest request, Target target, Warnings warnings) {
        this.request = request;
        this.target = target;
        this.warnings = warnings;
        this.bytes = new OutBuffer(2 * 1024, target.meter());
        this.out = new JsonOut(bytes, target.work());
        this.model = OpenAiModels.of(target.model());
    }

    Written write() {
        names.settle(request.tools());
        Conversation ordered = Conversation.of(request, RULES, warnings, target.work());
        if (ordered.turns().getLast().role() == Role.ASSISTANT) {
            warnings.adjusted(ordered.turns().getLast().path(), "the model may not continue the assistant's text");
        }
        out.object().field("model", target.model());
        new OpenAiMessageWriter(out, names, model, warnings).messages(ordered);
        maxTokens();
        sampling();
        tools();
        format();
        think();
        hints();
        if (target.stream()) {
            out.field("stream", true)
                    .object("stream_options")
                    .field("include_usage", true)
                    .endObject();
        }
        out.endObject();
        return new Written(bytes, names, null);
    }

    private void maxTokens() {
        long asked = request.maxTokens();
        if (asked < 0) {
            return;
        }
        long limit = model.maxOutput() == 0 ? asked : model.maxOutput();
        if (asked > limit) {
            warnings.adjusted(request.names().maxTokens(), "the model gives at most " + limit);
        }
        out.field(model.official() ? "max_completion_tokens" : "max_tokens", Math.min(asked, limit));
    }

    private void sampling() {
        Sampling sampling = request.sampling();
        accepted("temperature", sampling.temperature());
        accepted("top_p", sampling.topP());
        if (sampling.topK() != null && model.topK()) {
            out.optional("top_k", sampling.topK());
        } else if (sampling.topK() != null) {
            warnings.dropped("top_k", "the provider has nothing like it");
        }
        List<String> stops = sampling.stop();
        if (stops.isEmpty()) {
            return;
        }
        if (!model.stop()) {
            warnings.dropped(request.names().stop(), "the model takes no texts that end its answer");
            return;
        }
        out.array("stop");
        StopTexts.atMost(MAX_STOPS, request.names().stop(), stops, warnings).forEach(out::string);
        out.endArray();
    }

    private void accepted(String field, @Nullable BigDecimal value) {
        if (value == null || model.sampling() || value.compareTo(BigDecimal.ONE) == 0) {
            out.optional(field, value);
        } else {
            warnings.dropped(field, "the model chooses its tokens itself");
        }
    }

    private void tools() {
        List<Tool> tools = request.tools().stream().filter(this::isSendable).toList();
        if (tools.isEmpty()) {
            return;
        }
        out.array("tools");
        tools.forEach(this::tool);
        out.endArray();
        ToolChoice choice = request.choice();
        switch (choice.mode()) {
            case UNSAID -> {
                // the protocol's default is the same
            }
            case AUTO -> out.field("tool_choice", "auto");
            case NONE -> out.field("tool_choice", "none");
            case REQUIRED -> out.field("tool_choice", "required");
            case NAMED -> {
                out.object("tool_choice").field("type", "function").object("function");
                out.field("name", names.toSend(choice.names().getFirst()))
                        .endObject()
                        .endObject();
            }
        }
        if (!choice.parallel()) {
            out.field("parallel_tool_calls", false);
        }
    }

    private boolean isSendable(Tool tool) {
        boolean function = tool.kind() == Kind.FUNCTION || tool.kind() == Kind.CUSTOM;
        if (!function) {
            warnings.dropped(tool.path(), "the provider has no such tool of its own");
        }
        return function;
    }

    private void tool(Tool tool) {
        out.object().field("type", "function").object("function").field("name", names.toSend(tool.name()));
        if (!tool.description().isEmpty()) {
            out.field("description", tool.description());
        }
        out.field("parameters", withProperties(tool.schema()));
        if (tool.strict() && OpenAiSchema.isStrict(tool.schema())) {
            out.field("strict", true);
        } else if (tool.strict()) {
            warnings.dropped(tool.path() + ".strict", "the provider cannot enforce this schema");
        }
        out.endObject().endObject();
    }

    private static JsonNode withProperties(JsonNode schema) {
        if (schema.has("properties") || !(schema instanceof ObjectNode object)) {
            return schema;
        }
        ObjectNode copy = object.deepCopy();
        if (!copy.has("type")) {
            copy.put("type", "object");
        }
        copy.putObject("properties");
        return copy;
    }

    private void format() {
        switch (request.format()) {
            case OutputFormat.Text text -> {
                // the default
            }
            case OutputFormat.JsonObject object ->
                out.object("response_format").field("type", "json_object").endObject();
            case OutputFormat.JsonSchema schema -> {
                out.object("response_format").field("type", "json_schema").object("json_schema");
                out.field("name", schema.name() == null ? "response" : schema.name());
                out.field("schema", schema.schema());
                out.field("strict", OpenAiSchema.isStrict(schema.schema()))
                        .endObject()
                        .endObject();
            }
        }
    }

    /** Models that do not reason are asked for nothing; it would change nothing. */
    private void think() {
        Thinking asked = request.thinking();
        if (!asked.on() && !asked.off()) {
            return;
        }
        if (!model.efforts().isEmpty()) {
            effort(asked);
        } else if ("type".equals(model.thinking())) {
            out.object("thinking")
                    .field("type", asked.on() ? "enabled" : "disabled")
                    .endObject();
        } else if ("enable".equals(model.thinking())) {
            out.field("enable_thinking", asked.on());
            if (asked.budget() > 0) {
                out.field("thinking_budget", asked.budget());
            }
        }
    }

    private void effort(Thinking asked) {
        Effort wanted = asked.off() ? Effort.NONE : asked.effort() == null ? byBudget(asked.budget()) : asked.effort();
        Effort nearest = model.nearest(wanted);
        if (asked.off() && nearest != Effort.NONE && nearest != Effort.MINIMAL) {
            return;
        }
        out.field("reasoning_effort", nearest.wire());
    }

    private static Effort byBudget(int budget) {
        if (budget == 0 || budget >= HIGH_BUDGET) {
            return Effort.HIGH;
        }
        return budget >= MEDIUM_BUDGET ? Effort.MEDIUM : budget >= LOW_BUDGET ? Effort.LOW : Effort.MINIMAL;
    }

    private void hints() {
        String user = request.hints().user();
        if (user != null) {
            boolean fits = user.length() <= MAX_USER;
            out.field(model.official() ? "safety_identifier" : "user", fits ? user : Digests.hex(user, MAX_USER));
        }
        String tier = request.hints().serviceTier();
        if (tier != null && model.official()) {
            out.field("service_tier", "standard_only".equals(tier) ? "default" : "auto");
        }
    }
}
