package io.llmgateway.converters.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.hub.Catalog;
import java.util.ArrayList;
import java.util.List;

/**
 * What Gemini models accept, from {@code gemini-models.json}. Immutable, thread-safe.
 *
 * @param generation 2, 2.5 or 3
 * @param levels the levels of reasoning it takes, least first; empty when it takes a budget or does not reason
 * @param budget true when it takes a budget for reasoning
 * @param minBudget least tokens of a budget other than 0
 * @param maxBudget most tokens of a budget
 * @param canDisable true when a budget of 0 is accepted
 * @param maxOutput most output tokens
 * @param urls true when it reads files from public https addresses
 */
record GeminiModels(
        double generation,
        List<String> levels,
        boolean budget,
        int minBudget,
        int maxBudget,
        boolean canDisable,
        int maxOutput,
        boolean urls) {
    private static final Catalog<GeminiModels> CATALOG =
            new Catalog<>(GeminiModels.class, "gemini-models.json", GeminiModels::read);

    static GeminiModels of(String model) {
        return CATALOG.of(model);
    }

    /** True from the third generation on: signed calls, media in results, built-in tools beside functions. */
    boolean third() {
        return generation >= 3;
    }

    /** True when calls can be validated against schemas without being forced. */
    boolean validates() {
        return generation >= 2.5;
    }

    private static GeminiModels read(JsonNode row) {
        List<String> levels = new ArrayList<>();
        row.path("levels").forEach(level -> levels.add(level.textValue()));
        return new GeminiModels(
                row.path("generation").doubleValue(),
                List.copyOf(levels),
                "budget".equals(row.path("thinking").asText()),
                row.path("minBudget").intValue(),
                row.path("maxBudget").intValue(),
                row.path("canDisable").booleanValue(),
                row.path("maxOutput").intValue(),
                row.path("urls").booleanValue());
    }
}
