package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.Thinking.Effort;
import io.llmgateway.converters.hub.Catalog;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What models behind OpenAI's protocol accept, from {@code openai-models.json}. Immutable, thread-safe.
 *
 * @param official true for OpenAI's own models, which know all of the protocol
 * @param maxOutput most output tokens; 0 when not known
 * @param sampling true when temperature and top_p are accepted
 * @param stop true when stop texts are accepted
 * @param efforts the levels of reasoning; empty when there are none
 * @param thinking how a compatible server switches reasoning: {@code type}, {@code enable} or nothing
 * @param replay the field reasoning is sent back in; null when it is not sent back
 * @param topK true when top_k is accepted
 * @param files true when PDF files are accepted
 * @param breakpoints true when places for the prompt cache are accepted
 * @param search true when it searches the web, by {@code web_search_options}
 * @param defaultEffort the level when none is sent; null when it is not known
 * @param rules what holds for combinations of fields only
 */
record OpenAiModels(
        boolean official,
        int maxOutput,
        boolean sampling,
        boolean stop,
        Set<Effort> efforts,
        String thinking,
        @Nullable String replay,
        boolean topK,
        boolean files,
        boolean breakpoints,
        boolean search,
        @Nullable Effort defaultEffort,
        List<OpenAiRules.Rule> rules) {
    private static final Catalog<OpenAiModels> CATALOG =
            new Catalog<>(OpenAiModels.class, "openai-models.json", OpenAiModels::read);

    static OpenAiModels of(String model) {
        return CATALOG.of(model);
    }

    /** The nearest level it takes; the least when it has nothing as low. */
    Effort nearest(Effort wanted) {
        Effort best = null;
        for (Effort effort : efforts) {
            if (effort.compareTo(wanted) <= 0 || best == null) {
                best = effort;
            }
        }
        return best == null ? wanted : best;
    }

    private static OpenAiModels read(JsonNode row) {
        Set<Effort> efforts = EnumSet.noneOf(Effort.class);
        row.path("efforts").forEach(effort -> efforts.add(Effort.of(effort.textValue())));
        return new OpenAiModels(
                "openai".equals(row.path("family").asText()),
                row.path("maxOutput").asInt(),
                row.path("sampling").booleanValue(),
                row.path("stop").booleanValue(),
                efforts,
                row.path("thinking").asText(""),
                row.path("replay").textValue(),
                row.path("topK").booleanValue(),
                row.path("files").booleanValue(),
                row.path("breakpoints").booleanValue(),
                row.path("search").booleanValue(),
                Effort.of(row.path("defaultEffort").textValue()),
                rules(row.path("rules")));
    }

    private static List<OpenAiRules.Rule> rules(JsonNode rows) {
        List<OpenAiRules.Rule> rules = new ArrayList<>();
        for (JsonNode row : rows) {
            JsonNode when = row.path("when");
            rules.add(new OpenAiRules.Rule(
                    when.path("tools").booleanValue(),
                    Effort.of(when.path("effort").textValue()),
                    row.has("effort"),
                    Effort.of(row.path("effort").textValue()),
                    row.path("sampling").booleanValue(),
                    row.path("parallel").asBoolean(true)));
        }
        return List.copyOf(rules);
    }
}
