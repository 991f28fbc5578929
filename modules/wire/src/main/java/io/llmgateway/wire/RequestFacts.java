package io.llmgateway.wire;

import org.jspecify.annotations.Nullable;

/**
 * What one walk over a request body finds at its top level, with the byte ranges needed to change it in place. Ranges
 * are half open and point into the walked array. Immutable.
 *
 * @param model the text of {@code model}
 * @param modelRange where its value stands, quotes included
 * @param stream true only for a literal {@code "stream": true}
 * @param streamOptions where the value of {@code stream_options} stands; null when there is none
 * @param streamOptionsEmpty true when {@code stream_options} is an object without fields
 * @param streamOptionsObject true when {@code stream_options} is an object, false when it is {@code null}
 * @param includeUsage the literal value of {@code stream_options.include_usage}, false when absent
 * @param includeUsageRange where that value stands; null when absent
 * @param rootEnd offset of the closing brace of the document
 * @param maxTokens the largest of {@code max_tokens} and {@code max_completion_tokens}; -1 when neither is a number
 * @param candidates the value of {@code n}; 1 when absent
 * @param user {@code user} or {@code safety_identifier}; null when neither is a text
 * @param metadataUserId {@code metadata.user_id}; null when it is not a text
 * @param promptCacheKey {@code prompt_cache_key}; null when it is not a text
 * @param thread true when the request begins or goes on with a conversation that its provider keeps
 */
public record RequestFacts(
        String model,
        Range modelRange,
        boolean stream,
        @Nullable Range streamOptions,
        boolean streamOptionsEmpty,
        boolean streamOptionsObject,
        boolean includeUsage,
        @Nullable Range includeUsageRange,
        int rootEnd,
        long maxTokens,
        int candidates,
        @Nullable String user,
        @Nullable String metadataUserId,
        @Nullable String promptCacheKey,
        boolean thread) {

    /** A half-open range of bytes. Immutable. */
    public record Range(int start, int end) {}
}
