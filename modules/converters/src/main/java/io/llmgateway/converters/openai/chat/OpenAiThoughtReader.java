package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.Thinking;
import io.llmgateway.converters.canonical.Thinking.Effort;
import io.llmgateway.converters.canonical.Thinking.Mode;
import io.llmgateway.converters.hub.EffortWords;
import io.llmgateway.converters.hub.Fields;
import io.llmgateway.converters.hub.Warnings;
import org.jspecify.annotations.Nullable;

/**
 * Reads how much the model shall reason: OpenAI's level, Anthropic's {@code thinking}, which callers of Claude send
 * through this protocol, OpenRouter's {@code reasoning} and the switches of Qwen and of vLLM's chat templates. Confined
 * to one request.
 */
final class OpenAiThoughtReader {
    private final Fields root;
    private final Warnings warnings;

    OpenAiThoughtReader(Fields root, Warnings warnings) {
        this.root = root;
        this.warnings = warnings;
    }

    Thinking read() {
        Thinking effort = EffortWords.read(root, "reasoning_effort", warnings);
        Thinking said = thinking(effort.effort());
        Thinking router = openRouter();
        Thinking template = template();
        for (Thinking one : new Thinking[] {said, effort, router, template}) {
            if (one != null && (one.on() || one.off())) {
                return one;
            }
        }
        return Thinking.UNSAID;
    }

    private @Nullable Thinking thinking(@Nullable Effort effort) {
        JsonNode said = root.node("thinking");
        if (said.isMissingNode()) {
            return null;
        }
        if (!said.isObject()) {
            return EffortWords.read(root, "thinking", warnings);
        }
        Fields thinking = Fields.of(said, "thinking");
        String type = thinking.text("type");
        int budget = (int) thinking.whole("budget_tokens", 0, Integer.MAX_VALUE, 0);
        boolean shown = !"omitted".equals(thinking.text("display"));
        thinking.rest(warnings);
        if (type == null) {
            warnings.adjusted("thinking.type", "it is missing, the model decides how much to reason");
        }
        return switch (type == null ? "enabled" : type) {
            case "enabled" -> new Thinking(budget > 0 ? Mode.BUDGET : Mode.ADAPTIVE, budget, effort, shown);
            case "disabled" -> new Thinking(Mode.OFF, 0, null, false);
            case "adaptive", "auto" -> new Thinking(Mode.ADAPTIVE, 0, effort, shown);
            case "between_tools" -> {
                warnings.adjusted("thinking", "'between_tools' is carried over as adaptive");
                yield new Thinking(Mode.ADAPTIVE, 0, effort, shown);
            }
            default -> throw thinking.unknownValue("type", type, "enabled, adaptive, disabled, between_tools");
        };
    }

    private @Nullable Thinking openRouter() {
        Fields reasoning = root.object("reasoning");
        if (reasoning == null) {
            return null;
        }
        boolean shown = !reasoning.flag("exclude");
        boolean enabled = reasoning.flag("enabled", true);
        Thinking effort = EffortWords.read(reasoning, "effort", warnings);
        int budget = (int) reasoning.whole("max_tokens", 0, Integer.MAX_VALUE, 0);
        reasoning.ignore("summary");
        reasoning.rest(warnings);
        if (!enabled || effort.off()) {
            return new Thinking(Mode.OFF, 0, null, false);
        }
        if (budget > 0) {
            return new Thinking(Mode.BUDGET, budget, effort.effort(), shown);
        }
        return effort.on()
                ? new Thinking(effort.mode(), effort.budget(), effort.effort(), shown)
                : new Thinking(Mode.ADAPTIVE, 0, null, shown);
    }

    private @Nullable Thinking template() {
        Fields arguments = root.object("chat_template_kwargs");
        boolean here = root.has("enable_thinking") || root.has("thinking_budget");
        Fields holder = here ? root : arguments;
        if (holder == null) {
            return null;
        }
        String field = holder.has("enable_thinking") || here ? "enable_thinking" : "thinking";
        boolean on = holder.flag(field, true);
        int budget = (int) holder.whole("thinking_budget", 0, Integer.MAX_VALUE, 0);
        boolean said = holder.has(field) || budget > 0;
        if (arguments != null) {
            arguments.rest(warnings);
        }
        if (!said) {
            return null;
        }
        Mode mode = !on ? Mode.OFF : budget > 0 ? Mode.BUDGET : Mode.ADAPTIVE;
        return new Thinking(mode, on ? budget : 0, null, on);
    }
}
