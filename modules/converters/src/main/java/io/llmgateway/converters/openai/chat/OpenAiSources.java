package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.UsageJson;
import io.llmgateway.converters.canonical.Citation;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.converters.hub.Losses;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads where an answer has its words from: {@code annotations} of the message, and the lists that search engines put
 * beside the choices, which some repeat on every chunk of a stream. Confined to one answer.
 */
final class OpenAiSources {
    private static final int MAX = 1_024;
    private static final Set<String> OF_ANNOTATION = Set.of("type", "url_citation");
    private static final Set<String> OF_CITATION =
            Set.of("type", "start_index", "end_index", "url", "title", "content", "cited_text");
    private static final Set<String> OF_RESULT = Set.of("url", "title", "snippet");

    private final Losses losses;
    private final Map<String, Citation> beside = new LinkedHashMap<>();
    private final Set<String> annotated = new HashSet<>();
    private int annotations;

    OpenAiSources(Losses losses) {
        this.losses = losses;
    }

    /** Takes what stands beside the choices; the latest lists count. */
    void take(JsonNode answer) {
        JsonNode results = answer.path("search_results");
        JsonNode urls = answer.path("citations");
        if (results.isEmpty() && urls.isEmpty()) {
            return;
        }
        beside.clear();
        for (JsonNode result : results) {
            losses.others(result, OF_RESULT, "search_results[]");
            add(text(result, "url"), text(result, "title"), text(result, "snippet"));
        }
        for (JsonNode url : urls) {
            losses.others(url, OF_RESULT, "citations[]");
            add(url.isTextual() ? url.textValue() : text(url, "url"), text(url, "title"), text(url, "snippet"));
        }
    }

    private void add(String url, String title, String quote) {
        if (beside.size() < MAX && !url.isEmpty()) {
            beside.putIfAbsent(url, new Citation(url, title, quote, 0, 0));
        }
    }

    /** Tells {@code annotations}. */
    void annotations(JsonNode list, Consumer<StreamEvent> sink) {
        for (JsonNode annotation : list) {
            String type = annotation.path("type").asText("");
            boolean flat = annotation.path("url").isTextual();
            JsonNode cited = flat ? annotation : annotation.path("url_citation");
            if (!cited.isObject() || annotations >= MAX) {
                losses.dropped("choices[].message.annotations[]", type.isEmpty() ? "type" : type);
                continue;
            }
            annotations++;
            annotated.add(text(cited, "url"));
            losses.others(annotation, flat ? OF_CITATION : OF_ANNOTATION, "choices[].message.annotations[]");
            losses.others(cited, OF_CITATION, "choices[].message.annotations[].url_citation");
            int start = Math.clamp(UsageJson.count(cited, "start_index"), 0, Integer.MAX_VALUE);
            int end = Math.clamp(UsageJson.count(cited, "end_index"), start, Integer.MAX_VALUE);
            String quote = text(cited, "cited_text");
            sink.accept(new StreamEvent.Cited(
                    0,
                    new Citation(
                            text(cited, "url"),
                            text(cited, "title"),
                            quote.isEmpty() ? text(cited, "content") : quote,
                            start,
                            end)));
        }
    }

    boolean annotated() {
        return annotations > 0;
    }

    /** Tells what stood beside the choices and the annotations have not told. */
    void end(Consumer<StreamEvent> sink) {
        beside.forEach((url, citation) -> {
            if (!annotated.contains(url)) {
                sink.accept(new StreamEvent.Cited(0, citation));
            }
        });
    }

    private static String text(JsonNode object, String field) {
        return object.path(field).isTextual() ? object.path(field).textValue() : "";
    }
}
