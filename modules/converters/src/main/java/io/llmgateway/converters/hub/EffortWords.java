package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.Thinking;
import io.llmgateway.converters.canonical.Thinking.Effort;
import io.llmgateway.converters.canonical.Thinking.Mode;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How much to reason in the words of vendors that have their own: understood as the nearest level, with a warning.
 * Sources: the API references of Groq ({@code default}), Fireworks (a number of tokens), Codex ({@code ultra}),
 * OpenRouter and Qwen. Stateless, thread-safe.
 */
public final class EffortWords {
    private static final int MAX_BUDGET = 10_000_000;
    private static final String KNOWN = "none, minimal, low, medium, high, xhigh, max";
    private static final Set<String> ADAPTIVE =
            Set.of("default", "auto", "adaptive", "dynamic", "on", "enabled", "true");

    private EffortWords() {}

    /** What a field says; nothing when it is absent. Refused when it means nothing. */
    public static Thinking read(Fields holder, String field, Warnings warnings) {
        JsonNode said = holder.node(field);
        if (said.isMissingNode()) {
            return Thinking.UNSAID;
        }
        Effort own = Effort.of(said.textValue());
        if (own != null) {
            return new Thinking(Mode.UNSAID, 0, own, own != Effort.NONE);
        }
        Thinking read = said.isBoolean() || said.isTextual() ? word(said.asText()) : null;
        if (said.canConvertToInt() && said.isIntegralNumber() && said.intValue() >= 0) {
            int budget = Math.min(said.intValue(), MAX_BUDGET);
            read = budget == 0 ? off() : new Thinking(Mode.BUDGET, budget, null, true);
        }
        if (read == null && !said.isTextual()) {
            throw holder.wrong(field, "a string", said);
        }
        if (read == null) {
            throw holder.unknownValue(field, said.textValue(), KNOWN);
        }
        warnings.adjusted(holder.at(field), "it is another vendor's word");
        return read;
    }

    private static Thinking off() {
        return new Thinking(Mode.OFF, 0, null, false);
    }

    private static @Nullable Thinking word(String said) {
        String word = said.toLowerCase(Locale.ROOT);
        if (ADAPTIVE.contains(word)) {
            return new Thinking(Mode.ADAPTIVE, 0, null, true);
        }
        Effort effort = switch (word) {
            case "off", "disabled", "false", "no" -> Effort.NONE;
            case "lowest", "tiny" -> Effort.MINIMAL;
            case "normal", "standard", "balanced", "mid" -> Effort.MEDIUM;
            case "extra_high", "extra-high", "x-high", "very_high" -> Effort.XHIGH;
            case "ultra", "highest", "maximum" -> Effort.MAX;
            default -> Effort.of(word);
        };
        if (effort == Effort.NONE) {
            return off();
        }
        return effort == null ? null : new Thinking(Mode.UNSAID, 0, effort, true);
    }
}
