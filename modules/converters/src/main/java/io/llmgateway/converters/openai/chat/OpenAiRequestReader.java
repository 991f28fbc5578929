package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.converters.canonical.ChatRequest.Extent;
import io.llmgateway.converters.canonical.ChatRequest.FieldNames;
import io.llmgateway.converters.canonical.ChatRequest.Hints;
import io.llmgateway.converters.canonical.OutputFormat;
import io.llmgateway.converters.canonical.Sampling;
import io.llmgateway.converters.canonical.Thinking;
import io.llmgateway.converters.hub.Fields;
import io.llmgateway.converters.hub.StopTexts;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.wire.WorkBudget;
import java.math.BigDecimal;
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
        Thinking thinking = new OpenAiThoughtReader(root, warnings).read();
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
        long old = root.limit("max_tokens", warnings);
        long limit = root.limit("max_completion_tokens", warnings);
        return limit < 0 ? old : limit;
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
                topK(),
                root.has("seed") ? root.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE, 0) : null,
                root.decimal("presence_penalty", -2, 2),
                root.decimal("frequency_penalty", -2, 2),
                StopTexts.checked("stop", stops, warnings));
    }

    /** vLLM's word for no limit is -1. */
    private @Nullable BigDecimal topK() {
        BigDecimal k = root.decimal("top_k", -1, Integer.MAX_VALUE);
        return k != null && k.signum() < 0 ? null : k;
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
        String type = format.text("type");
        if (type == null && (format.has("json_schema") || format.has("schema"))) {
            warnings.adjusted("response_format.type", "it is missing, 'json_schema' is understood");
            type = "json_schema";
        }
        if (type == null) {
            type = format.requiredText("type");
        }
        OutputFormat read = switch (type) {
            case "text" -> new OutputFormat.Text();
            case "json_object" -> format.has("schema") ? beside(format) : new OutputFormat.JsonObject();
            case "json_schema" -> format.has("schema") ? beside(format) : schema(format);
            default -> throw format.unknownValue("type", type, "text, json_object, json_schema");
        };
        format.rest(warnings);
        return read;
    }

    /** The schema beside the type, as several servers and the Responses API have it. */
    private OutputFormat beside(Fields format) {
        warnings.adjusted("response_format.schema", "it stands beside the type");
        return schemaIn(format);
    }

    private OutputFormat schema(Fields format) {
        Fields schema = format.object("json_schema");
        if (schema == null) {
            throw Warnings.refused("response_format.json_schema", "'response_format.json_schema' is missing");
        }
        OutputFormat read = schemaIn(schema);
        schema.rest(warnings);
        return read;
    }

    private static OutputFormat schemaIn(Fields holder) {
        JsonNode tree = holder.node("schema");
        if (!tree.isObject()) {
            throw holder.wrong("schema", "an object", tree);
        }
        return new OutputFormat.JsonSchema(
                holder.text("name"), holder.text("description"), tree, holder.flag("strict"));
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
    }
}
