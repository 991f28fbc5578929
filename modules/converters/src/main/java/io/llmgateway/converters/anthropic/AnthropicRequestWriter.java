package io.llmgateway.converters.anthropic;

import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.canonical.Sampling;
import io.llmgateway.converters.canonical.Turn;
import io.llmgateway.converters.hub.Conversation;
import io.llmgateway.converters.hub.Digests;
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
 * Writes a messages request. Fields come in a fixed order, so equal requests give equal bytes. Confined to one attempt.
 */
final class AnthropicRequestWriter {
    private static final Conversation.Rules RULES = new Conversation.Rules(true, true, true, false);
    private static final int DEFAULT_MAX_TOKENS = 8_192;
    private static final int ROOM_FOR_ANSWER = 4_096;
    private static final BigDecimal LEAST_TOP_P = new BigDecimal("0.95");
    private static final int MAX_USER = 256;

    private final ChatRequest request;
    private final UpstreamModel target;
    private final Warnings warnings;
    private final AnthropicModels model;
    private final ToolNames names = new ToolNames(false);
    private final OutBuffer bytes;
    private final JsonOut out;

    AnthropicRequestWriter(ChatRequest request, UpstreamModel target, Warnings warnings) {
        this.request = request;
        this.target = target;
        this.warnings = warnings;
        this.bytes = new OutBuffer(2 * 1024, target.meter());
        this.out = new JsonOut(bytes, target.work());
        this.model = AnthropicModels.of(target.model());
    }

    Written write() {
        if (request.extent().logprobs()) {
            warnings.dropped("logprobs", "the provider has no probabilities");
            if (request.extent().topLogprobs() >= 0) {
                warnings.dropped("top_logprobs", "the provider has no probabilities");
            }
        }
        names.settle(request.tools());
        Conversation ordered = Conversation.of(request, RULES, warnings, target.work());
        AnthropicFormat format = AnthropicFormat.decide(request, model, warnings, target.work());
        AnthropicThinking thinking = thinking(ordered, format);
        List<Turn> turns = AnthropicPrefill.checked(ordered.turns(), model);
        AnthropicBreakpoints breakpoints = new AnthropicBreakpoints(request.tools(), ordered.system(), turns);
        out.object().field("model", target.model()).field("max_tokens", maxTokens(thinking));
        system(ordered.system(), format.instruction(), breakpoints);
        out.array("messages");
        AnthropicBlockWriter blocks = new AnthropicBlockWriter(out, names, breakpoints, target);
        turns.forEach(blocks::turn);
        out.endArray();
        new AnthropicToolWriter(out, names, breakpoints, warnings, target.work()).write(request, turns, format, model);
        sampling(thinking);
        think(thinking, format);
        hints();
        if (target.stream()) {
            out.field("stream", true);
        }
        out.endObject();
        return new Written(bytes, names, format.tool());
    }

    private AnthropicThinking thinking(Conversation ordered, AnthropicFormat format) {
        AnthropicThinking thinking = AnthropicThinking.decide(request, model, warnings);
        if (thinking.manual() && (format.tool() != null || lacksReasoning(ordered.turns()))) {
            warnings.dropped(request.names().thinking(), "the calls before came without the reasoning to continue");
            return new AnthropicThinking(AnthropicThinking.Mode.UNSAID, 0, null);
        }
        return thinking;
    }

    /** An open tool loop must show the reasoning it began with. */
    private boolean lacksReasoning(List<Turn> turns) {
        if (turns.size() < 2) {
            return false;
        }
        Turn last = turns.get(turns.size() - 2);
        List<Part.ToolCall> calls = Conversation.calls(last);
        return !calls.isEmpty() && AnthropicBlockWriter.reasoning(last, target).isEmpty();
    }

    private long maxTokens(AnthropicThinking thinking) {
        long asked = request.maxTokens();
        if (asked < 0) {
            return Math.max(
                    Math.min(DEFAULT_MAX_TOKENS, model.maxOutput()),
                    thinking.manual() ? thinking.budget() + ROOM_FOR_ANSWER : 0);
        }
        if (asked > model.maxOutput()) {
            warnings.adjusted(request.names().maxTokens(), "the model gives at most " + model.maxOutput());
            return model.maxOutput();
        }
        return asked;
    }

    private void system(List<Part.Text> system, @Nullable String instruction, AnthropicBreakpoints breakpoints) {
        List<Part.Text> all = new ArrayList<>(system);
        if (instruction != null) {
            all.add(Part.Text.of(instruction));
        }
        if (all.isEmpty()) {
            return;
        }
        if (all.size() == 1 && all.getFirst().cache() == null) {
            out.field("system", all.getFirst().text());
            return;
        }
        out.array("system");
        for (Part.Text text : all) {
            out.object().field("type", "text").field("text", text.text());
            breakpoints.write(out, text);
            out.endObject();
        }
        out.endArray();
    }

    private void sampling(AnthropicThinking thinking) {
        Sampling sampling = request.sampling();
        boolean refused = !model.sampling() || AnthropicVersions.refusesSampling(target.version());
        if (refused || thinking.manual()) {
            String why = refused ? "the model chooses its tokens itself" : "reasoning with a budget excludes it";
            drop("temperature", sampling.temperature(), BigDecimal.ONE, why);
            drop("top_k", sampling.topK(), null, why);
            boolean kept =
                    !refused && sampling.topP() != null && sampling.topP().compareTo(LEAST_TOP_P) >= 0;
            if (kept) {
                out.optional("top_p", sampling.topP());
            } else {
                drop("top_p", sampling.topP(), BigDecimal.ONE, why);
            }
        } else {
            temperature(sampling.temperature());
            boolean both = sampling.temperature() != null && sampling.topP() != null;
            if (both) {
                warnings.dropped("top_p", "the provider takes either temperature or top_p");
            } else {
                out.optional("top_p", sampling.topP());
            }
            out.optional("top_k", sampling.topK());
        }
        drop("seed", sampling.seed() == null ? null : BigDecimal.valueOf(sampling.seed()), null, "there is no seed");
        drop("presence_penalty", sampling.presencePenalty(), BigDecimal.ZERO, "there is no penalty");
        drop("frequency_penalty", sampling.frequencyPenalty(), BigDecimal.ZERO, "there is no penalty");
        stops(sampling.stop());
    }

    private void temperature(@Nullable BigDecimal asked) {
        if (asked != null && asked.compareTo(BigDecimal.ONE) > 0) {
            warnings.adjusted("temperature", "the provider takes at most 1");
            out.optional("temperature", BigDecimal.ONE);
        } else {
            out.optional("temperature", asked);
        }
    }

    private void drop(String field, @Nullable BigDecimal value, @Nullable BigDecimal harmless, String why) {
        if (value != null && (harmless == null || value.compareTo(harmless) != 0)) {
            warnings.dropped(field, why);
        }
    }

    private void stops(List<String> stops) {
        List<String> kept = new ArrayList<>();
        for (String stop : stops) {
            if (stop.isBlank()) {
                warnings.dropped(request.names().stop(), "white space alone cannot end a response");
            } else {
                kept.add(stop);
            }
        }
        if (!kept.isEmpty()) {
            out.array("stop_sequences");
            kept.forEach(out::string);
            out.endArray();
        }
    }

    private void think(AnthropicThinking thinking, AnthropicFormat format) {
        switch (thinking.mode()) {
            case UNSAID -> {
                // the model's own default
            }
            case DISABLED -> out.object("thinking").field("type", "disabled").endObject();
            case ADAPTIVE -> {
                out.object("thinking").field("type", "adaptive");
                out.field("display", request.thinking().wantsText() ? "summarized" : "omitted")
                        .endObject();
            }
            case BUDGET ->
                out.object("thinking")
                        .field("type", "enabled")
                        .field("budget_tokens", thinking.budget())
                        .endObject();
        }
        if (thinking.effort() == null && format.schema() == null) {
            return;
        }
        out.object("output_config");
        if (thinking.effort() != null) {
            out.field("effort", thinking.effort().wire());
        }
        if (format.schema() != null) {
            out.object("format")
                    .field("type", "json_schema")
                    .field("schema", format.schema())
                    .endObject();
        }
        out.endObject();
    }

    private void hints() {
        String user = request.hints().user();
        if (user != null) {
            boolean personal = user.indexOf('@') >= 0 || user.length() > MAX_USER;
            out.object("metadata")
                    .field("user_id", personal ? Digests.hex(user, 64) : user)
                    .endObject();
        }
        String tier = request.hints().serviceTier();
        if (tier != null) {
            tier(tier);
        }
        if (!request.hints().modalities().isEmpty()) {
            warnings.dropped("modalities", "the provider responds with text only");
        }
    }

    private void tier(String tier) {
        if ("flex".equals(tier) || "scale".equals(tier)) {
            warnings.adjusted("service_tier", "the provider has no such tier");
        }
        out.field("service_tier", "default".equals(tier) ? "standard_only" : "auto");
    }
}
