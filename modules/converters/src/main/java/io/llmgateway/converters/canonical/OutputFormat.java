package io.llmgateway.converters.canonical;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** The form the answer must have. Immutable. */
public sealed interface OutputFormat {
    /** Free text. */
    record Text() implements OutputFormat {}

    /** Any JSON object. */
    record JsonObject() implements OutputFormat {}

    /**
     * JSON that follows a schema.
     *
     * @param name what the schema is called; null when the client gave no name
     * @param description what it is for; null for nothing
     * @param schema the schema
     * @param strict true when it must be followed exactly
     */
    record JsonSchema(@Nullable String name, @Nullable String description, JsonNode schema, boolean strict)
            implements OutputFormat {}
}
