package io.llmgateway.converters.openai.chat;

import io.llmgateway.converters.canonical.Thinking;
import io.llmgateway.converters.canonical.Thinking.Effort;
import io.llmgateway.converters.canonical.Tool;
import io.llmgateway.converters.hub.Warnings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model's rules over combinations of fields make of one request. Immutable.
 *
 * @param effort the level to send; null to send none
 * @param sampling true when temperature and top_p may be sent
 * @param parallel true when the switch for several calls at once may be sent
 */
record OpenAiRules(@Nullable Effort effort, boolean sampling, boolean parallel) {
    private static final int HIGH_BUDGET = 10_000;
    private static final int MEDIUM_BUDGET = 5_000;
    private static final int LOW_BUDGET = 2_000;

    /**
     * One rule: what holds when all its conditions do. Immutable.
     *
     * @param tools true when it holds beside functions only
     * @param at the level of reasoning it holds at; null for any
     * @param limits true when it says which level is sent
     * @param effort the only level that is accepted then; null when none may be sent
     * @param sampling true when temperature and top_p are accepted then
     * @param parallel false when the switch for several calls is refused then
     */
    record Rule(
            boolean tools,
            @Nullable Effort at,
            boolean limits,
            @Nullable Effort effort,
            boolean sampling,
            boolean parallel) {}

    /** Decides for a request; what it must do without is warned about under {@code field}. */
    static OpenAiRules decide(
            OpenAiModels model, Thinking asked, List<Tool> functions, String field, Warnings warnings) {
        Effort effort = wanted(model, asked, field, warnings);
        boolean tools = !functions.isEmpty();
        boolean parallel = true;
        for (Rule rule : model.rules()) {
            if (rule.tools() && !tools) {
                continue;
            }
            parallel &= rule.parallel();
            if (rule.limits()) {
                if (effort != null && effort != Effort.NONE && effort != rule.effort()) {
                    warnings.adjusted(field, "the model does not reason beside tools in this protocol");
                }
                effort = rule.effort();
            }
        }
        return new OpenAiRules(effort, sampling(model, effort == null ? model.defaultEffort() : effort), parallel);
    }

    private static boolean sampling(OpenAiModels model, @Nullable Effort effort) {
        return model.sampling()
                || (effort != null && model.rules().stream().anyMatch(rule -> rule.sampling() && rule.at() == effort));
    }

    private static @Nullable Effort wanted(OpenAiModels model, Thinking asked, String field, Warnings warnings) {
        if (model.efforts().isEmpty() || (!asked.on() && !asked.off())) {
            return null;
        }
        Effort wanted = asked.off() ? Effort.NONE : asked.effort() == null ? byBudget(asked.budget()) : asked.effort();
        Effort nearest = model.nearest(wanted);
        if (asked.off() && nearest != Effort.NONE && nearest != Effort.MINIMAL) {
            warnings.adjusted(field, "the model cannot stop reasoning");
            return null;
        }
        return nearest;
    }

    private static Effort byBudget(int budget) {
        if (budget == 0 || budget >= HIGH_BUDGET) {
            return Effort.HIGH;
        }
        return budget >= MEDIUM_BUDGET ? Effort.MEDIUM : budget >= LOW_BUDGET ? Effort.LOW : Effort.MINIMAL;
    }
}
