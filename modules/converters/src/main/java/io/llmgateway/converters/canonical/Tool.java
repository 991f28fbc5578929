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
    /** One that takes a JSON object and runs at the client. */
    public static Tool function(
            String name, String description, JsonNode schema, boolean strict, @Nullable CacheHint cache, String path) {
        return new Tool(Kind.FUNCTION, name, description, schema, strict, cache, path);
    }

    /** One that takes free text and runs at the client. */
    public static Tool custom(
            String name, String description, JsonNode schema, @Nullable CacheHint cache, String path) {
        return new Tool(Kind.CUSTOM, name, description, schema, false, cache, path);
    }

    /** One of the provider's own. */
    public static Tool builtIn(Kind kind, String name, JsonNode options, @Nullable CacheHint cache, String path) {
        return new Tool(kind, name, "", options, false, cache, path);
    }

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
