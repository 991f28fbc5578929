package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.converters.canonical.ChatRequest.Extent;
import io.llmgateway.converters.canonical.ChatRequest.FieldNames;
import io.llmgateway.converters.canonical.ChatRequest.Hints;
import io.llmgateway.converters.canonical.OutputFormat;
import io.llmgateway.converters.canonical.Sampling;
import io.llmgateway.converters.canonical.Thinking;
import io.llmgateway.converters.canonical.Thinking.Effort;
import io.llmgateway.converters.hub.Fields;
import io.llmgateway.converters.hub.StopTexts;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.wire.WorkBudget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a chat completions request. Source: OpenAI's API reference and the fields its SDKs 7.x send. Fields that no
 * other protocol has are warned about here; what only some have is kept. Confined to one request.
 */
final class OpenAiRequestReader {
    private static final FieldNames NAMES = new FieldNames(
            "max_completion_tokens", "stop", "response_format", "reasoning_effort", "parallel_tool_calls");

    private final Fields root;
    private final Warnings warnings;

    OpenAiRequestReader(JsonNode root, Warnings warnings, WorkBudget work) {
        this.root = Fields.root(root, work);
        this.warnings = warnings;
    }

    ChatRequest read() {
        Thinking thinking = thinking();
        OpenAiMessageReader messages = new OpenAiMessageReader(root, warnings);
        messages.read();
        OpenAiToolReader tools = new OpenAiToolReader(root, warnings);
        Sampling sampling = sampling();
        Extent extent = extent(tools.legacy());
        Hints hints = hints();
        ignored();
        ChatRequest request = new ChatRequest(
                messages.system(),
                messages.turns(),
                tools.tools(),
                tools.choice(),
                sampling,
                format(),
                thinking,
                maxTokens(),
                extent,
                hints,
                NAMES);
        root.rest(warnings);
        return request;
    }

    private long maxTokens() {
        long old = root.whole("max_tokens", 1, Integer.MAX_VALUE, -1);
        return root.whole("max_completion_tokens", 1, Integer.MAX_VALUE, old);
    }

    private Sampling sampling() {
        JsonNode bias = root.node("logit_bias");
        if (bias.isObject() && !bias.isEmpty()) {
            warnings.dropped("logit_bias", "token ids are the provider's own");
        }
        JsonNode stop = root.node("stop");
        List<String> stops = stop.isTextual() ? List.of(stop.textValue()) : root.texts("stop");
        if (stops.size() > 4 && warnings.strict()) {
            throw Warnings.refused("stop", "'stop' must have at most 4 texts, it has " + stops.size());
        }
        return new Sampling(
                root.decimal("temperature", 0, 2),
                root.decimal("top_p", 0, 1),
                root.decimal("top_k", 0, Integer.MAX_VALUE),
                root.has("seed") ? root.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE, 0) : null,
                root.decimal("presence_penalty", -2, 2),
                root.decimal("frequency_penalty", -2, 2),
                StopTexts.checked("stop", stops, warnings));
    }

    private Extent extent(boolean legacyFunctions) {
        Fields options = root.object("stream_options");
        boolean usage = false;
        if (options != null) {
            usage = options.flag("include_usage");
            options.ignore("include_obfuscation");
            options.rest(warnings);
        }
        return new Extent(
                root.flag("stream"),
                usage,
                (int) root.whole("n", 1, 128, 1),
                root.flag("logprobs"),
                (int) root.whole("top_logprobs", 0, 20, -1),
                legacyFunctions);
    }

    private OutputFormat format() {
        Fields format = root.object("response_format");
        if (format == null) {
            return new OutputFormat.Text();
        }
        String type = format.requiredText("type");
        return switch (type) {
            case "text" -> new OutputFormat.Text();
            case "json_object" -> new OutputFormat.JsonObject();
            case "json_schema" -> schema(format);
            default -> throw format.unknownValue("type", type, "text, json_object, json_schema");
        };
    }

    private OutputFormat schema(Fields format) {
        Fields schema = format.object("json_schema");
        if (schema == null) {
            throw Warnings.refused("response_format.json_schema", "'response_format.json_schema' is missing");
        }
        JsonNode tree = schema.node("schema");
        if (!tree.isObject()) {
            throw schema.wrong("schema", "an object", tree);
        }
        OutputFormat read = new OutputFormat.JsonSchema(
                schema.text("name"), schema.text("description"), tree, schema.flag("strict"));
        schema.rest(warnings);
        return read;
    }

    /** The level, or Anthropic's form of it, which callers of Claude through this protocol send. */
    private Thinking thinking() {
        String wire = root.text("reasoning_effort");
        Effort effort = Effort.of(wire);
        if (wire != null && effort == null) {
            throw root.unknownValue("reasoning_effort", wire, "none, minimal, low, medium, high, xhigh, max");
        }
        Fields thinking = root.object("thinking");
        boolean wants = effort != null && effort != Effort.NONE;
        if (thinking == null) {
            return new Thinking(Thinking.Mode.UNSAID, 0, effort, wants);
        }
        String type = thinking.requiredText("type");
        int budget = (int) thinking.whole("budget_tokens", 0, Integer.MAX_VALUE, 0);
        return switch (type) {
            case "enabled" ->
                new Thinking(budget > 0 ? Thinking.Mode.BUDGET : Thinking.Mode.ADAPTIVE, budget, effort, true);
            case "disabled" -> new Thinking(Thinking.Mode.OFF, 0, null, false);
            default -> new Thinking(Thinking.Mode.ADAPTIVE, 0, effort, true);
        };
    }

    private Hints hints() {
        Fields metadata = root.object("metadata");
        String user = metadata == null ? null : metadata.text("user_id");
        user = first(root.text("user"), user);
        user = first(root.text("safety_identifier"), user);
        if (root.has("audio")) {
            throw Warnings.refused("audio", "'audio' output cannot be produced by this model's provider");
        }
        List<String> modalities = root.texts("modalities");
        if (modalities.contains("audio")) {
            throw Warnings.refused("modalities", "'modalities' asks for audio, which this model's provider lacks");
        }
        return new Hints(
                user,
                root.text("service_tier"),
                null,
                modalities.stream().filter(m -> !"text".equals(m)).toList());
    }

    private static @Nullable String first(@Nullable String preferred, @Nullable String other) {
        return preferred == null ? other : preferred;
    }

    private void ignored() {
        root.ignore("model", "store", "prediction", "prompt_cache_key", "prompt_cache_retention");
        root.ignore("prompt_cache_options");
        String verbosity = root.text("verbosity");
        if (verbosity != null && !"medium".equals(verbosity)) {
            warnings.dropped("verbosity", "the provider has nothing like it");
        }
        if (root.has("moderation")) {
            warnings.dropped("moderation", "the provider has nothing like it");
        }
        if (root.has("web_search_options")) {
            throw Warnings.refused("web_search_options", "'web_search_options' works with OpenAI's search models only");
        }
    }
}
