package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.Thinking.Effort;
import io.llmgateway.converters.hub.Catalog;
import java.util.EnumSet;
import java.util.Set;

/**
 * What Claude models accept, from {@code anthropic-models.json}. Immutable, thread-safe.
 *
 * @param maxOutput most output tokens
 * @param sampling true when temperature, top_p and top_k are accepted
 * @param adaptive true when it decides itself how much to reason; else it takes a budget
 * @param thinks true when it can reason at all
 * @param canDisable true when reasoning can be switched off
 * @param efforts the levels it takes; empty for none
 * @param prefill true when it continues a trailing assistant message
 * @param structured true when it takes a schema for its answer
 */
record AnthropicModels(
        int maxOutput,
        boolean sampling,
        boolean adaptive,
        boolean thinks,
        boolean canDisable,
        Set<Effort> efforts,
        boolean prefill,
        boolean structured) {
    private static final Catalog<AnthropicModels> CATALOG =
            new Catalog<>(AnthropicModels.class, "anthropic-models.json", AnthropicModels::read);

    static AnthropicModels of(String model) {
        return CATALOG.of(model);
    }

    private static AnthropicModels read(JsonNode row) {
        Set<Effort> efforts = EnumSet.noneOf(Effort.class);
        for (JsonNode effort : row.path("efforts")) {
            efforts.add(Effort.of(effort.textValue()));
        }
        String thinking = row.path("thinking").asText();
        return new AnthropicModels(
                row.path("maxOutput").intValue(),
                row.path("sampling").booleanValue(),
                "adaptive".equals(thinking),
                !"none".equals(thinking),
                row.path("canDisable").booleanValue(),
                efforts,
                row.path("prefill").booleanValue(),
                row.path("structured").booleanValue());
    }

    /** The nearest level it takes; null when it takes none. */
    @org.jspecify.annotations.Nullable
    Effort nearest(Effort wanted) {
        Effort best = null;
        for (Effort effort : efforts) {
            if (effort.compareTo(wanted) <= 0 || best == null) {
                best = effort;
            }
        }
        boolean lacksXhigh = wanted == Effort.XHIGH && !efforts.contains(Effort.XHIGH);
        return lacksXhigh && efforts.contains(Effort.MAX) ? Effort.MAX : best;
    }
}
