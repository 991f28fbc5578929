package io.llmgateway.converters.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.llmgateway.converters.UsageJson;
import io.llmgateway.converters.canonical.Citation;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.converters.hub.Losses;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads where one candidate has its words from: grounding, citations, pages that were read. A stream repeats them in
 * later chunks, so the latest of each counts and all are told at the end. Confined to one candidate.
 */
final class GeminiSources {
    private static final int MAX = 1_024;
    private static final Set<String> OF_GROUNDING = Set.of("groundingChunks", "groundingSupports", "retrievalMetadata");
    private static final Set<String> KINDS = Set.of("web", "retrievedContext", "maps");
    private static final List<String> ORDER = List.of("web", "retrievedContext", "maps");
    private static final Set<String> OF_CHUNK = Set.of("uri", "title", "text");
    private static final Set<String> OF_SUPPORT = Set.of("segment", "groundingChunkIndices", "confidenceScores");
    private static final Set<String> OF_SEGMENT = Set.of("startIndex", "endIndex", "partIndex", "text");
    private static final String CHUNKS = "candidates[].groundingMetadata.groundingChunks[]";
    private static final String SUPPORTS = "candidates[].groundingMetadata.groundingSupports[]";
    private static final Set<String> OF_PAGE = Set.of("retrievedUrl", "urlRetrievalStatus");
    private static final Set<String> OF_CITATION = Set.of("startIndex", "endIndex", "uri", "title");

    private final Utf8Offsets text;
    private final Losses losses;
    private List<Citation> grounding = List.of();
    private List<Citation> citations = List.of();
    private List<Citation> pages = List.of();

    GeminiSources(Utf8Offsets text, Losses losses) {
        this.text = text;
        this.losses = losses;
    }

    /** Takes what a candidate says of its sources. */
    void take(JsonNode candidate) {
        if (candidate.path("groundingMetadata").isObject()) {
            grounding(candidate.path("groundingMetadata"));
        }
        JsonNode cited = candidate.path("citationMetadata");
        String name = cited.has("citationSources") ? "citationSources" : "citations";
        losses.others(cited, Set.of(name), "candidates[].citationMetadata");
        if (!cited.path(name).isEmpty()) {
            citations = new ArrayList<>();
            for (JsonNode one : cited.path(name)) {
                losses.others(one, OF_CITATION, "candidates[].citationMetadata." + name + "[]");
                add(citations, one, offset(one, "startIndex"), offset(one, "endIndex"));
            }
        }
        losses.others(candidate, "urlContextMetadata", Set.of("urlMetadata"), "candidates[]");
        JsonNode read = candidate.path("urlContextMetadata").path("urlMetadata");
        if (!read.isEmpty()) {
            pages = new ArrayList<>();
            for (JsonNode page : read) {
                losses.others(page, OF_PAGE, "candidates[].urlContextMetadata.urlMetadata[]");
                String url = page.path("retrievedUrl").asText("");
                if (!url.isEmpty() && pages.size() < MAX) {
                    pages.add(new Citation(url, "", "", 0, 0));
                }
            }
        }
    }

    private void grounding(JsonNode metadata) {
        losses.others(metadata, OF_GROUNDING, "candidates[].groundingMetadata");
        JsonNode chunks = metadata.path("groundingChunks");
        List<Citation> found = new ArrayList<>();
        BitSet supporting = new BitSet();
        for (JsonNode support : metadata.path("groundingSupports")) {
            JsonNode segment = support.path("segment");
            losses.others(support, OF_SUPPORT, SUPPORTS);
            losses.others(support, "segment", OF_SEGMENT, SUPPORTS);
            for (JsonNode index : support.path("groundingChunkIndices")) {
                int chunk = index.asInt(-1);
                if (chunk >= 0 && chunk < chunks.size()) {
                    supporting.set(chunk);
                    add(found, source(chunks.path(chunk)), offset(segment, "startIndex"), offset(segment, "endIndex"));
                }
            }
        }
        for (int i = 0; i < Math.min(chunks.size(), MAX); i++) {
            if (!supporting.get(i)) {
                add(found, source(chunks.path(i)), 0, 0);
            }
        }
        if (!found.isEmpty()) {
            grounding = found;
        }
    }

    private JsonNode source(JsonNode chunk) {
        losses.others(chunk, KINDS, CHUNKS);
        JsonNode found = MissingNode.getInstance();
        for (String kind : ORDER) {
            losses.others(chunk, kind, OF_CHUNK, CHUNKS);
            if (found.isMissingNode()) {
                found = chunk.path(kind);
            } else if (chunk.has(kind)) {
                losses.dropped(CHUNKS, kind);
            }
        }
        return found;
    }

    private int offset(JsonNode holder, String field) {
        return text.characters(Math.clamp(UsageJson.count(holder, field), 0, Integer.MAX_VALUE));
    }

    private static void add(List<Citation> to, JsonNode source, int start, int end) {
        String url = source.path("uri").asText("");
        String title = source.path("title").asText("");
        if (to.size() < MAX && !(url.isEmpty() && title.isEmpty())) {
            to.add(new Citation(url, title, source.path("text").asText(""), start, Math.max(start, end)));
        }
    }

    /** Tells all sources of this choice. */
    void end(int choice, Consumer<StreamEvent> sink) {
        for (List<Citation> list : List.of(grounding, citations, pages)) {
            list.forEach(one -> sink.accept(new StreamEvent.Cited(choice, whole(one))));
        }
    }

    /** A source without a place belongs to the whole answer. */
    private Citation whole(Citation one) {
        return one.end() > one.start() ? one : new Citation(one.url(), one.title(), one.quote(), 0, text.characters());
    }
}
