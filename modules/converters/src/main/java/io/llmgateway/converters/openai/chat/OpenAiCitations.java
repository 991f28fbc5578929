package io.llmgateway.converters.openai.chat;

import io.llmgateway.converters.canonical.Citation;
import io.llmgateway.wire.JsonOut;
import java.util.List;

/** Writes the sources of an answer as {@code annotations}. Stateless, thread-safe. */
final class OpenAiCitations {
    private OpenAiCitations() {}

    /** Writes the field into the open object, or nothing when there are none. */
    static void write(JsonOut json, List<Citation> citations) {
        if (citations.isEmpty()) {
            return;
        }
        json.array("annotations");
        for (Citation citation : citations) {
            json.object().field("type", "url_citation").object("url_citation");
            json.field("start_index", citation.start()).field("end_index", citation.end());
            json.field("url", citation.url()).field("title", citation.title());
            if (!citation.quote().isEmpty()) {
                json.field("cited_text", citation.quote());
            }
            json.endObject().endObject();
        }
        json.endArray();
    }
}
