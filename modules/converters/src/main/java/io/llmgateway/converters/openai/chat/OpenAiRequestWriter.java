package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.converters.canonical.OutputFormat;
import io.llmgateway.converters.canonical.Sampling;
import io.llmgateway.converters.canonical.Thinking;
import io.llmgateway.converters.canonical.Tool;
import io.llmgateway.converters.canonical.Tool.Kind;
import io.llmgateway.converters.canonical.ToolChoice;
import io.llmgateway.converters.canonical.Turn.Role;
import io.llmgateway.converters.hub.BuiltInTools;
import io.llmgateway.converters.hub.Conversation;
import io.llmgateway.converters.hub.Digests;
import io.llmgateway.converters.hub.StopTexts;
import io.llmgateway.converters.hub.ToolNames;
import io.llmgateway.converters.hub.UpstreamModel;
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

    private final ChatRequest request;
    private final UpstreamModel target;
    private final Warnings warnings;
    private final OpenAiModels model;
    private final ToolNames names = new ToolNames(false);
    private final OutBuffer bytes;
    private final JsonOut out;

    OpenAiRequestWriter(ChatRequest request, UpstreamModel target, Warnings warnings) {
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
        List<Tool> functions =
                request.tools().stream().filter(OpenAiRequestWriter::isFunction).toList();
        OpenAiRules rules = OpenAiRules.decide(
                model, request.thinking(), functions, request.names().thinking(), warnings);
        maxTokens();
        sampling(rules);
        builtIn();
        tools(functions, rules);
        format();
        think(rules);
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

    private void sampling(OpenAiRules rules) {
        Sampling sampling = request.sampling();
        accepted("temperature", sampling.temperature(), rules);
        accepted("top_p", sampling.topP(), rules);
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
            warnings.dropped(request.names().stop(), "the model takes no texts that end its response");
            return;
        }
        out.array("stop");
        StopTexts.atMost(MAX_STOPS, request.names().stop(), stops, warnings).forEach(out::string);
        out.endArray();
    }

    private void accepted(String field, @Nullable BigDecimal value, OpenAiRules rules) {
        if (value == null || rules.sampling() || value.compareTo(BigDecimal.ONE) == 0) {
            out.optional(field, value);
        } else {
            warnings.dropped(field, "the model chooses its tokens itself");
        }
    }

    private void tools(List<Tool> tools, OpenAiRules rules) {
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
            case VALIDATED -> {
                warnings.adjusted("tool_choice", "the provider enforces schemas of strict tools only");
                out.field("tool_choice", "auto");
            }
            case NONE -> out.field("tool_choice", "none");
            case REQUIRED -> out.field("tool_choice", "required");
            case NAMED -> {
                out.object("tool_choice").field("type", "function").object("function");
                out.field("name", names.toSend(choice.names().getFirst()))
                        .endObject()
                        .endObject();
            }
        }
        if (!choice.parallel() && rules.parallel()) {
            out.field("parallel_tool_calls", false);
        } else if (!choice.parallel()) {
            warnings.dropped(request.names().parallel(), "the model has no such switch");
        }
    }

    private static boolean isFunction(Tool tool) {
        return tool.kind() == Kind.FUNCTION || tool.kind() == Kind.CUSTOM;
    }

    /** The provider has one tool of its own in this protocol, and models made for it. */
    private void builtIn() {
        for (Tool tool : request.tools()) {
            if (tool.kind() == Kind.WEB_SEARCH && model.search()) {
                search(tool);
            } else if (!isFunction(tool)) {
                warnings.dropped(tool.path(), "the provider has no such tool of its own");
            }
        }
    }

    private void search(Tool tool) {
        for (String option : BuiltInTools.OPTIONS) {
            if (!"user_location".equals(option) && tool.schema().has(option)) {
                warnings.dropped(tool.path() + '.' + option, "the provider's search has no such option");
            }
        }
        out.object("web_search_options");
        if (tool.schema().path("user_location") instanceof ObjectNode place) {
            out.object("user_location").field("type", "approximate").object("approximate");
            place.properties().stream()
                    .filter(field -> !"type".equals(field.getKey()))
                    .forEach(field -> out.field(field.getKey(), field.getValue()));
            out.endObject().endObject();
        }
        out.endObject();
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
    private void think(OpenAiRules rules) {
        if (rules.effort() != null) {
            out.field("reasoning_effort", rules.effort().wire());
        }
        Thinking asked = request.thinking();
        if (!model.efforts().isEmpty() || (!asked.on() && !asked.off())) {
            return;
        }
        if ("type".equals(model.thinking())) {
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
