package io.llmgateway.converters.anthropic;

import io.llmgateway.converters.canonical.Citation;
import io.llmgateway.converters.hub.PackedSignature;
import io.llmgateway.wire.JsonOut;

/**
 * Writes the sources of an answer as citations of web pages, the only kind with an address. The protocol wants a proof
 * in each; the gateway's own tells that Anthropic did not search. Stateless, thread-safe.
 */
final class AnthropicCitations {
    private AnthropicCitations() {}

    static void write(JsonOut json, Citation citation) {
        json.object().field("type", "web_search_result_location").field("cited_text", citation.quote());
        json.field("url", citation.url()).field("title", citation.title().isEmpty() ? null : citation.title());
        json.field("encrypted_index", PackedSignature.PLAIN).endObject();
    }
}
