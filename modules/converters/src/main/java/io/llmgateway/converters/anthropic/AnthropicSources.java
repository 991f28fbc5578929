package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.canonical.Citation;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.converters.hub.Losses;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads where the text of an answer has its words from. A citation belongs to its whole block of text, which is known
 * when the block ends. Confined to one answer.
 */
final class AnthropicSources {
    private static final int MAX = 1_024;
    private static final Set<String> OF_CITATION = Set.of(
            "type",
            "url",
            "source",
            "title",
            "cited_text",
            "encrypted_index",
            "search_result_index",
            "start_block_index",
            "end_block_index");
    private static final Set<String> OF_RESULT = Set.of("type", "url", "title", "page_age", "encrypted_content");

    private final Losses losses;
    private final List<JsonNode> ofBlock = new ArrayList<>();
    private int characters;
    private int blockStart;
    private int told;

    AnthropicSources(Losses losses) {
        this.losses = losses;
    }

    /** A block of text begins. */
    void begin() {
        blockStart = characters;
        ofBlock.clear();
    }

    void said(String text) {
        characters += text.codePointCount(0, text.length());
    }

    void cited(JsonNode citation) {
        if (told + ofBlock.size() < MAX) {
            ofBlock.add(citation);
        } else {
            losses.dropped("content[]", "citations");
        }
    }

    /** A block has ended: what was cited in it is told. */
    void end(Consumer<StreamEvent> sink) {
        for (JsonNode citation : ofBlock) {
            told++;
            String url = citation.path("url").asText(citation.path("source").asText(""));
            boolean linked = url.contains("://");
            if (linked) {
                losses.others(citation, OF_CITATION, "content[].citations[]");
                String title = citation.path("title").asText("");
                String quote = citation.path("cited_text").asText("");
                sink.accept(new StreamEvent.Cited(
                        0, new Citation(url, "null".equals(title) ? "" : title, quote, blockStart, characters)));
            } else {
                // a place in a document of the client's own: no address, so it stays in Anthropic's words
                sink.accept(new StreamEvent.Extra(
                        0, "citations", JsonNodeFactory.instance.arrayNode().add(citation)));
            }
        }
        ofBlock.clear();
    }

    /** What a search of the provider's has found. */
    void found(JsonNode results, Consumer<StreamEvent> sink) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (JsonNode result : results) {
            String url = result.path("url").asText("");
            if (!url.isEmpty() && list.size() < MAX) {
                losses.others(result, OF_RESULT, "content[].content[]");
                ObjectNode found = list.addObject()
                        .put("url", url)
                        .put("title", result.path("title").asText(""));
                if (result.path("page_age").isTextual()) {
                    found.set("date", result.path("page_age"));
                }
            }
        }
        if (!list.isEmpty()) {
            sink.accept(new StreamEvent.Extra(0, "search_results", list));
        }
    }
}
