package io.llmgateway.converters.anthropic;

import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.canonical.Turn;
import io.llmgateway.converters.canonical.Turn.Role;
import io.llmgateway.converters.hub.Warnings;
import java.util.ArrayList;
import java.util.List;

/** A conversation that ends with the model's turn asks it to go on with that text. Stateless, thread-safe. */
final class AnthropicPrefill {
    private AnthropicPrefill() {}

    /** The turns with the last one trimmed as the provider demands; refused when the model cannot continue a text. */
    static List<Turn> checked(List<Turn> turns, AnthropicModels model) {
        Turn last = turns.getLast();
        if (last.role() != Role.ASSISTANT) {
            return turns;
        }
        if (!model.prefill()) {
            throw Warnings.refused(
                    last.path(),
                    "'" + last.path() + "' is the assistant's, but this model cannot continue a text; end"
                            + " the conversation with a user message");
        }
        List<Part> parts = new ArrayList<>(last.parts());
        if (parts.getLast() instanceof Part.Text text) {
            parts.set(parts.size() - 1, new Part.Text(text.text().stripTrailing(), text.cache()));
        }
        List<Turn> trimmed = new ArrayList<>(turns);
        trimmed.set(trimmed.size() - 1, new Turn(Role.ASSISTANT, parts, last.path()));
        return trimmed;
    }
}
