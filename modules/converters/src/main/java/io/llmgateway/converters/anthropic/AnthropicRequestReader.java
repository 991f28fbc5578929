package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.CacheHint;
import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.converters.canonical.ChatRequest.Extent;
import io.llmgateway.converters.canonical.ChatRequest.FieldNames;
import io.llmgateway.converters.canonical.ChatRequest.Hints;
import io.llmgateway.converters.canonical.OutputFormat;
import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.canonical.Sampling;
import io.llmgateway.converters.canonical.Thinking;
import io.llmgateway.converters.canonical.Thinking.Effort;
import io.llmgateway.converters.canonical.Thinking.Mode;
import io.llmgateway.converters.hub.EffortWords;
import io.llmgateway.converters.hub.Fields;
import io.llmgateway.converters.hub.StopTexts;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import io.llmgateway.wire.WorkBudget;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a messages request. Source: Anthropic's API reference and the fields its SDKs send, versions 2023-06-01 and
 * 2026-10-21. Fields that no other protocol has are warned about here; what only some have is kept. Confined to one
 * request.
 */
final class AnthropicRequestReader {
    private static final FieldNames NAMES = new FieldNames(
            "max_tokens",
            "stop_sequences",
            "output_config.format",
            "thinking",
            "tool_choice.disable_parallel_tool_use");

    /** Claude Code puts it in front; it changes with every request and would spoil other providers' prompt caches. */
    private static final String BILLING_HEADER = "x-anthropic-billing-header:";

    private final Fields root;
    private final String version;
    private final boolean counting;
    private final Warnings warnings;

    /**
     * Reads this request.
     *
     * @param version the version the client speaks; empty when it did not say
     * @param counting true when only its tokens are to be counted, so that no limit of output tokens is needed
     * @param work counts the steps of reading
     */
    AnthropicRequestReader(JsonNode root, String version, boolean counting, Warnings warnings, WorkBudget work) {
        this.root = Fields.root(root, work);
        this.version = version;
        this.counting = counting;
        this.warnings = warnings;
    }

    ChatRequest read() {
        if (root.has("thread")) {
            // what came before is with a provider that keeps it: without it the question would be another one
            throw new GatewayException(new CallerFault.ThreadUnsupported());
        }
        Fields config = root.object("output_config");
        Thinking thinking = thinking(config);
        OutputFormat format = format(config);
        if (config != null) {
            drop(config, "task_budget");
            config.rest(warnings);
        }
        AnthropicMessageReader messages = new AnthropicMessageReader(root, warnings);
        messages.read();
        AnthropicToolReader tools = new AnthropicToolReader(root, warnings);
        Hints hints = hints();
        dropped();
        ChatRequest request = new ChatRequest(
                system(),
                messages.turns(),
                tools.tools(),
                tools.choice(),
                sampling(),
                format,
                thinking,
                maxTokens(),
                new Extent(root.flag("stream"), true, 1, false, -1, false),
                hints,
                NAMES);
        root.ignore("model");
        root.rest(warnings);
        return request;
    }

    private long maxTokens() {
        if (!counting && !root.has("max_tokens")) {
            throw Warnings.refused("max_tokens", "'max_tokens' is missing");
        }
        return root.limit("max_tokens", warnings);
    }

    private List<Part.Text> system() {
        JsonNode system = root.node("system");
        List<Part.Text> texts = new ArrayList<>();
        if (system.isTextual()) {
            texts.add(Part.Text.of(system.textValue()));
        } else {
            for (Fields block : blocks(system)) {
                texts.add(new Part.Text(block.requiredText("text"), AnthropicMessageReader.cache(block)));
                String type = block.text("type");
                if (type != null && !"text".equals(type)) {
                    warnings.adjusted(block.at("type"), "instructions are texts only");
                }
                block.ignore("citations");
                block.rest(warnings);
            }
        }
        if (!texts.isEmpty() && texts.getFirst().text().startsWith(BILLING_HEADER)) {
            texts.removeFirst();
        }
        return texts;
    }

    private List<Fields> blocks(JsonNode system) {
        if (!system.isObject()) {
            return root.objects("system");
        }
        warnings.adjusted("system", "one block is understood as an array of one");
        return List.of(root.inside(system, "system"));
    }

    private Sampling sampling() {
        if (AnthropicVersions.refusesSampling(version)) {
            for (String field : AnthropicVersions.SAMPLING) {
                if (root.has(field)) {
                    throw Warnings.refused(field, field + ": Extra inputs are not permitted");
                }
            }
        }
        return new Sampling(
                root.decimal("temperature", 0, 1),
                root.decimal("top_p", 0, 1),
                root.decimal("top_k", 0, Integer.MAX_VALUE),
                null,
                null,
                null,
                StopTexts.checked("stop_sequences", stops(), warnings));
    }

    private List<String> stops() {
        JsonNode stops = root.node("stop_sequences");
        if (stops.isTextual()) {
            warnings.adjusted("stop_sequences", "a string is understood as an array of one");
            return List.of(stops.textValue());
        }
        return root.texts("stop_sequences");
    }

    private OutputFormat format(@Nullable Fields config) {
        Fields format = config == null ? null : config.object("format");
        if (format == null) {
            format = root.object("output_format");
        }
        root.ignore("output_format");
        if (format == null) {
            return new OutputFormat.Text();
        }
        if (!format.has("type") && format.has("schema")) {
            warnings.adjusted(format.at("type"), "it is missing, 'json_schema' is understood");
        }
        String type = format.has("schema") && !format.has("type") ? "json_schema" : format.requiredText("type");
        if (!"json_schema".equals(type)) {
            throw format.unknownValue("type", type, "json_schema");
        }
        JsonNode schema = format.node("schema");
        if (!schema.isObject()) {
            throw format.wrong("schema", "an object", schema);
        }
        format.ignore("name");
        format.rest(warnings);
        return new OutputFormat.JsonSchema(null, null, schema, true);
    }

    private Thinking thinking(@Nullable Fields config) {
        Thinking wanted = config == null ? Thinking.UNSAID : EffortWords.read(config, "effort", warnings);
        Effort effort = wanted.effort();
        JsonNode said = root.node("thinking");
        if (said.isMissingNode()) {
            return new Thinking(wanted.mode(), wanted.budget(), effort, false);
        }
        if (!said.isObject()) {
            return EffortWords.read(root, "thinking", warnings);
        }
        Fields thinking = Fields.of(said, "thinking");
        boolean shown = !"omitted".equals(thinking.text("display"));
        int budget = (int) thinking.whole("budget_tokens", 0, Integer.MAX_VALUE, 0);
        String type = type(thinking, budget);
        thinking.rest(warnings);
        return switch (type) {
            case "enabled" -> new Thinking(budget > 0 ? Mode.BUDGET : Mode.ADAPTIVE, budget, effort, shown);
            // some clients say auto for adaptive
            case "adaptive", "auto" -> new Thinking(Mode.ADAPTIVE, 0, effort, shown);
            case "disabled" -> new Thinking(Mode.OFF, 0, effort, false);
            case "between_tools" -> {
                warnings.adjusted("thinking", "'between_tools' is carried over as adaptive");
                yield new Thinking(Mode.ADAPTIVE, 0, effort, shown);
            }
            default -> throw thinking.unknownValue("type", type, "enabled, adaptive, disabled, between_tools");
        };
    }

    private String type(Fields thinking, int budget) {
        String type = thinking.text("type");
        if (type != null) {
            return type;
        }
        String guessed = budget > 0 ? "enabled" : "adaptive";
        warnings.adjusted("thinking.type", "it is missing, '" + guessed + "' is understood");
        return guessed;
    }

    private Hints hints() {
        Fields metadata = root.object("metadata");
        String user = metadata == null ? null : metadata.text("user_id");
        if (metadata != null) {
            metadata.rest(warnings);
        }
        Fields cache = root.object("cache_control");
        CacheHint hint = cache == null ? null : "1h".equals(cache.text("ttl")) ? CacheHint.LONG : CacheHint.SHORT;
        return new Hints(user, root.text("service_tier"), hint, List.of());
    }

    private void dropped() {
        JsonNode servers = root.node("mcp_servers");
        if (servers.isArray() && !servers.isEmpty()) {
            throw Warnings.refused("mcp_servers", "'mcp_servers' works with Anthropic only");
        }
        if ("fast".equals(root.text("speed"))) {
            warnings.dropped("speed", "the provider has no such mode");
        }
        root.ignore("diagnostics", "betas");
        for (String field : new String[] {
            "container", "context_management", "inference_geo", "fallbacks", "compaction", "task_budget"
        }) {
            drop(root, field);
        }
    }

    private void drop(Fields holder, String field) {
        if (holder.has(field)) {
            warnings.dropped(holder.at(field), "it works with Anthropic only");
        }
    }
}
