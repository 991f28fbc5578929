package io.llmgateway.converters.gemini;

import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.converters.canonical.OutputFormat;
import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.canonical.Sampling;
import io.llmgateway.converters.canonical.Turn;
import io.llmgateway.converters.canonical.Turn.Role;
import io.llmgateway.converters.hub.Conversation;
import io.llmgateway.converters.hub.FormatInstruction;
import io.llmgateway.converters.hub.StopTexts;
import io.llmgateway.converters.hub.ToolNames;
import io.llmgateway.converters.hub.UpstreamModel;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.converters.hub.Written;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a generateContent request. Fields come in a fixed order, so equal requests give equal bytes. Confined to one
 * attempt.
 */
final class GeminiRequestWriter {
    private static final Conversation.Rules RULES = new Conversation.Rules(true, false, false, false);
    private static final int MAX_STOPS = 5;

    private final ChatRequest request;
    private final UpstreamModel target;
    private final Warnings warnings;
    private final GeminiModels model;
    private final boolean full;
    private final ToolNames names = new ToolNames(true);
    private final GeminiSchema.Growth growth = new GeminiSchema.Growth();
    private final OutBuffer bytes;
    private final JsonOut out;

    GeminiRequestWriter(ChatRequest request, UpstreamModel target, Warnings warnings) {
        this.request = request;
        this.target = target;
        this.warnings = warnings;
        this.bytes = new OutBuffer(2 * 1024, target.meter());
        this.out = new JsonOut(bytes, target.work());
        this.model = GeminiModels.of(target.model());
        // the first version knows neither instructions nor tools nor forms of answers
        this.full = !"v1".equals(target.version());
    }

    Written write() {
        out.object();
        fields();
        out.endObject();
        return new Written(bytes, names, null);
    }

    /** The same request as countTokens takes it. */
    Written writeCount() {
        out.object().object("generateContentRequest");
        String name = target.model();
        out.field("model", name.startsWith("models/") || name.startsWith("tunedModels/") ? name : "models/" + name);
        fields();
        out.endObject().endObject();
        return new Written(bytes, names, null);
    }

    private void fields() {
        names.settle(request.tools());
        Conversation ordered = Conversation.of(request, RULES, warnings, target.work());
        List<Part.Text> system = new ArrayList<>(ordered.system());
        String instruction = instruction();
        if (instruction != null) {
            system.add(Part.Text.of(instruction));
        }
        List<Turn> turns = edges(ordered.turns());
        if (!full && !system.isEmpty()) {
            turns = inlined(system, turns);
        }
        new GeminiPartWriter(out, names, model, target).contents(turns);
        if (full && !system.isEmpty()) {
            out.object("systemInstruction").array("parts");
            system.forEach(text -> out.object().field("text", text.text()).endObject());
            out.endArray().endObject();
        }
        tools();
        generationConfig();
        tier();
    }

    private void tools() {
        if (!full && !request.tools().isEmpty()) {
            throw Warnings.refused("tools", "'tools' need version v1beta of the provider's API, it is configured v1");
        }
        new GeminiToolWriter(out, names, model, warnings, growth, target.work()).write(request);
    }

    /** The first and the last turn must be the user's. */
    private List<Turn> edges(List<Turn> turns) {
        List<Turn> all = new ArrayList<>(turns);
        Turn first = all.getFirst();
        if (first.role() == Role.ASSISTANT && !Conversation.calls(first).isEmpty()) {
            warnings.adjusted(first.path(), "a conversation cannot begin with a call");
            all.addFirst(new Turn(Role.USER, List.of(Part.Text.of("(continued)")), first.path()));
        }
        Turn last = all.getLast();
        if (last.role() == Role.ASSISTANT) {
            warnings.adjusted(last.path(), "the model may not continue the assistant's text");
        }
        return all;
    }

    private static List<Turn> inlined(List<Part.Text> system, List<Turn> turns) {
        List<Turn> all = new ArrayList<>(turns);
        List<Part> parts = new ArrayList<>(system);
        Turn first = all.getFirst();
        if (first.role() == Role.USER) {
            parts.addAll(first.parts());
            all.set(0, new Turn(Role.USER, parts, first.path()));
        } else {
            all.addFirst(new Turn(Role.USER, parts, first.path()));
        }
        return all;
    }

    /** Words for a form that cannot be asked for natively; null when none are needed. */
    private @Nullable String instruction() {
        if (nativeFormat()) {
            return null;
        }
        return switch (request.format()) {
            case OutputFormat.Text text -> null;
            case OutputFormat.JsonObject object -> worded(FormatInstruction.JSON_OBJECT);
            case OutputFormat.JsonSchema schema -> worded(FormatInstruction.schema(schema.schema()));
        };
    }

    private String worded(String instruction) {
        warnings.adjusted(request.names().format(), "the model is asked for it in words");
        return instruction;
    }

    private boolean nativeFormat() {
        return full && (model.third() || request.tools().isEmpty());
    }

    private void generationConfig() {
        Sampling sampling = request.sampling();
        out.object("generationConfig");
        out.optional("temperature", sampling.temperature());
        out.optional("topP", sampling.topP());
        out.optional("topK", sampling.topK());
        candidates();
        maxTokens();
        stops(sampling.stop());
        out.optional("presencePenalty", notZero(sampling.presencePenalty()));
        out.optional("frequencyPenalty", notZero(sampling.frequencyPenalty()));
        seed(sampling.seed());
        logprobs();
        format();
        if (request.hints().modalities().contains("image")) {
            out.array("responseModalities").string("TEXT").string("IMAGE").endArray();
        }
        thinking();
        out.endObject();
    }

    private void thinking() {
        String field = request.names().thinking();
        if (full) {
            GeminiThinking.write(out, request.thinking(), model, field, warnings);
        } else if (request.thinking().on()) {
            warnings.dropped(field, "version v1 of the provider's API cannot control it");
        }
    }

    private static @Nullable BigDecimal notZero(@Nullable BigDecimal value) {
        return value == null || value.signum() == 0 ? null : value;
    }

    private void candidates() {
        int n = request.extent().candidates();
        if (n > 1) {
            out.field("candidateCount", n);
        }
    }

    private void maxTokens() {
        long asked = request.maxTokens();
        if (asked > model.maxOutput()) {
            warnings.adjusted(request.names().maxTokens(), "the model gives at most " + model.maxOutput());
        }
        if (asked >= 0) {
            out.field("maxOutputTokens", Math.min(asked, model.maxOutput()));
        }
    }

    private void stops(List<String> stops) {
        String field = request.names().stop();
        if (stops.size() > MAX_STOPS && "stop".equals(field)) {
            throw Warnings.refused(field, "'stop' must have at most 5 texts for this model's provider");
        }
        List<String> kept = StopTexts.atMost(MAX_STOPS, field, stops, warnings);
        if (!kept.isEmpty()) {
            out.array("stopSequences");
            kept.forEach(out::string);
            out.endArray();
        }
    }

    private void seed(@Nullable Long seed) {
        if (seed == null) {
            return;
        }
        if (seed == seed.intValue()) {
            out.field("seed", seed);
        } else {
            warnings.adjusted("seed", "the provider takes 32 bits");
            out.field("seed", seed & Integer.MAX_VALUE);
        }
    }

    private void logprobs() {
        if (!request.extent().logprobs()) {
            return;
        }
        out.field("responseLogprobs", true);
        if (request.extent().topLogprobs() >= 0) {
            out.field("logprobs", request.extent().topLogprobs());
        }
    }

    private void format() {
        if (request.format() instanceof OutputFormat.Text || !nativeFormat()) {
            return;
        }
        out.field("responseMimeType", "application/json");
        if (request.format() instanceof OutputFormat.JsonSchema schema) {
            GeminiSchema.Converted converted = GeminiSchema.convert(schema.schema(), growth, target.work());
            if (converted.weakened()) {
                warnings.adjusted(request.names().format(), "keywords the provider does not know became descriptions");
            }
            out.field("responseJsonSchema", converted.schema());
        }
    }

    private void tier() {
        String tier = request.hints().serviceTier();
        String mapped = switch (tier == null ? "auto" : tier) {
            case "auto" -> "";
            case "default", "standard_only" -> "standard";
            case "flex" -> "flex";
            case "priority", "fast" -> "priority";
            default -> {
                warnings.dropped("service_tier", "the provider has no such tier");
                yield "";
            }
        };
        if (!mapped.isEmpty()) {
            out.field("serviceTier", mapped);
        }
    }
}
