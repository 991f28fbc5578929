package io.llmgateway.converters.anthropic;

import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.converters.canonical.Thinking;
import io.llmgateway.converters.canonical.Thinking.Effort;
import io.llmgateway.converters.hub.Warnings;
import org.jspecify.annotations.Nullable;

/**
 * How a model of Anthropic's is asked to reason. Immutable.
 *
 * @param mode what to say about it
 * @param budget tokens, for {@code BUDGET}
 * @param effort the level to send; null for none
 */
record AnthropicThinking(Mode mode, int budget, @Nullable Effort effort) {
    private static final int MIN_BUDGET = 1024;
    private static final AnthropicThinking UNSAID = new AnthropicThinking(Mode.UNSAID, 0, null);

    /** What to say. */
    enum Mode {
        UNSAID,
        DISABLED,
        ADAPTIVE,
        BUDGET
    }

    /** True when the model will reason in the manual way, which forbids much else. */
    boolean manual() {
        return mode == Mode.BUDGET;
    }

    /** Chooses what the model understands and the request allows. */
    static AnthropicThinking decide(ChatRequest request, AnthropicModels model, Warnings warnings) {
        Thinking asked = request.thinking();
        String field = request.names().thinking();
        if (asked.off()) {
            return off(model, field, warnings);
        }
        if (!asked.on()) {
            return UNSAID;
        }
        if (!model.thinks()) {
            warnings.dropped(field, "the model does not reason");
            return UNSAID;
        }
        Effort effort = asked.effort() == null ? byBudget(asked.budget()) : asked.effort();
        if (model.adaptive()) {
            return new AnthropicThinking(
                    Mode.ADAPTIVE, 0, asked.effort() == null && asked.budget() == 0 ? null : model.nearest(effort));
        }
        int budget = asked.budget() > 0 ? asked.budget() : budget(effort);
        return withBudget(request, model, budget, warnings);
    }

    private static AnthropicThinking off(AnthropicModels model, String field, Warnings warnings) {
        if (!model.thinks() || !model.adaptive()) {
            return UNSAID;
        }
        if (model.canDisable()) {
            return new AnthropicThinking(Mode.DISABLED, 0, null);
        }
        warnings.adjusted(field, "the model cannot stop reasoning");
        return new AnthropicThinking(Mode.UNSAID, 0, Effort.LOW);
    }

    private static AnthropicThinking withBudget(
            ChatRequest request, AnthropicModels model, int budget, Warnings warnings) {
        long limit = request.maxTokens();
        String field = request.names().thinking();
        if (request.choice().forced()) {
            warnings.dropped(field, "a forced tool call and reasoning with a budget exclude each other");
            return UNSAID;
        }
        if (limit >= 0 && limit <= MIN_BUDGET) {
            warnings.dropped(field, "reasoning needs more than " + MIN_BUDGET + " output tokens");
            return UNSAID;
        }
        long most = limit < 0 ? model.maxOutput() - 1L : limit - 1;
        Effort effort = request.thinking().effort();
        return new AnthropicThinking(
                Mode.BUDGET,
                (int) Math.clamp(budget, MIN_BUDGET, Math.max(MIN_BUDGET, most)),
                effort == null ? null : model.nearest(effort));
    }

    /** The level a number of tokens stands for. */
    static Effort byBudget(int budget) {
        if (budget == 0 || budget >= 10_000) {
            return Effort.HIGH;
        }
        return budget >= 5_000 ? Effort.MEDIUM : budget >= 2_000 ? Effort.LOW : Effort.MINIMAL;
    }

    private static int budget(Effort effort) {
        return switch (effort) {
            case NONE, MINIMAL -> MIN_BUDGET;
            case LOW -> 2_048;
            case MEDIUM -> 8_192;
            case HIGH -> 16_384;
            case XHIGH -> 24_576;
            case MAX -> 32_768;
        };
    }
}
