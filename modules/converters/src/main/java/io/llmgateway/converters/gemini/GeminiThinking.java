package io.llmgateway.converters.gemini;

import io.llmgateway.converters.canonical.Thinking;
import io.llmgateway.converters.canonical.Thinking.Effort;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.wire.JsonOut;
import org.jspecify.annotations.Nullable;

/** Writes {@code thinkingConfig}: a budget for models that take one, a level for the others. Stateless, thread-safe. */
final class GeminiThinking {
    private static final int AUTO = -1;

    private GeminiThinking() {}

    /** Writes the field into the open object, or nothing. */
    static void write(JsonOut out, Thinking asked, GeminiModels model, String field, Warnings warnings) {
        if (!asked.on() && !asked.off()) {
            return;
        }
        if (!model.budget() && model.levels().isEmpty()) {
            if (asked.on()) {
                warnings.dropped(field, "the model does not reason");
            }
            return;
        }
        out.object("thinkingConfig");
        if (model.budget()) {
            out.field("thinkingBudget", budget(asked, model, field, warnings));
        } else {
            String level = level(asked, model, field, warnings);
            if (level != null) {
                out.field("thinkingLevel", level);
            }
        }
        if (asked.wantsText() && asked.on()) {
            out.field("includeThoughts", true);
        }
        out.endObject();
    }

    private static int budget(Thinking asked, GeminiModels model, String field, Warnings warnings) {
        if (asked.off()) {
            if (!model.canDisable()) {
                warnings.adjusted(field, "the model cannot stop reasoning");
                return model.minBudget();
            }
            return 0;
        }
        if (asked.budget() > 0) {
            return Math.clamp(asked.budget(), model.minBudget(), model.maxBudget());
        }
        Effort effort = asked.effort();
        if (effort == null) {
            return AUTO;
        }
        int wanted = switch (effort) {
            case NONE, MINIMAL, LOW -> 1_024;
            case MEDIUM -> 8_192;
            case HIGH -> 24_576;
            case XHIGH, MAX -> 32_768;
        };
        return Math.clamp(wanted, model.minBudget(), model.maxBudget());
    }

    private static @Nullable String level(Thinking asked, GeminiModels model, String field, Warnings warnings) {
        if (asked.off()) {
            warnings.adjusted(field, "the model cannot stop reasoning");
            return model.levels().getFirst();
        }
        Effort effort = asked.effort();
        if (effort == null && asked.budget() == 0) {
            return null;
        }
        Effort wanted = effort == null ? byBudget(asked.budget()) : effort;
        String level = switch (wanted) {
            case NONE, MINIMAL -> "MINIMAL";
            case LOW -> "LOW";
            case MEDIUM -> "MEDIUM";
            case HIGH, XHIGH, MAX -> "HIGH";
        };
        if (model.levels().contains(level)) {
            return level;
        }
        return "MINIMAL".equals(level) ? model.levels().getFirst() : "HIGH";
    }

    private static Effort byBudget(int budget) {
        return budget >= 10_000
                ? Effort.HIGH
                : budget >= 5_000 ? Effort.MEDIUM : budget >= 2_000 ? Effort.LOW : Effort.MINIMAL;
    }
}
