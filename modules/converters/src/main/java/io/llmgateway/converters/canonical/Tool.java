package io.llmgateway.converters.canonical;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * A tool the model may call. Immutable.
 *
 * @param kind what the client takes it for
 * @param name its name as the client knows it
 * @param description what it does; empty when nothing is said
 * @param schema JSON Schema of its arguments; an empty object when it takes none
 * @param strict true when the client wants arguments that follow the schema exactly
 * @param cache the wish for the cache; null for none
 * @param path the client's field it came from, for messages
 */
public record Tool(
        Kind kind,
        String name,
        String description,
        JsonNode schema,
        boolean strict,
        @Nullable CacheHint cache,
        String path) {
    /** Kinds of tool. */
    public enum Kind {
        /** Takes a JSON object, runs at the client. */
        FUNCTION,
        /** Takes free text, runs at the client. */
        CUSTOM,
        /** The provider's search of the web. */
        WEB_SEARCH,
        /** The provider's fetching of pages. */
        WEB_FETCH,
        /** The provider's execution of code. */
        CODE_EXECUTION
    }
}
