package io.llmgateway.converters.canonical;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One piece of a turn. Immutable. */
public sealed interface Part {
    /**
     * Text.
     *
     * @param text never empty after normalising
     * @param cache the prompt up to here shall be cached; null for no wish
     */
    record Text(String text, @Nullable CacheHint cache) implements Part {
        /** Text without a wish for the cache. */
        public static Text of(String text) {
            return new Text(text, null);
        }
    }

    /** An image; {@code detail} is a wish such as {@code low}, null for none. */
    record Image(
            Media media, @Nullable String detail, @Nullable CacheHint cache) implements Part {}

    /**
     * A document: either its text or a file.
     *
     * @param text plain text; null when {@code media} is set
     * @param media a file; null when {@code text} is set
     * @param title what it is called; null for nothing
     * @param context what the client says about it; null for nothing
     * @param cache the wish for the cache; null for none
     */
    record Document(
            @Nullable String text,
            @Nullable Media media,
            @Nullable String title,
            @Nullable String context,
            @Nullable CacheHint cache)
            implements Part {}

    /** Sound. */
    record Audio(Media media) implements Part {}

    /**
     * The model's wish to call a tool.
     *
     * @param id pairs it with its result; never empty after decoding
     * @param name the tool's name as the client knows it
     * @param input the arguments, always an object
     * @param custom true when the client's tool takes free text, which then is {@code input.input}
     * @param signature the provider's proof of its reasoning that belongs to this call; null when there is none
     * @param cache the wish for the cache; null for none
     */
    record ToolCall(
            String id,
            String name,
            JsonNode input,
            boolean custom,
            @Nullable String signature,
            @Nullable CacheHint cache)
            implements Part {}

    /** What a tool answered: texts, images and documents; empty when it answered nothing. */
    record ToolResult(
            String callId,
            List<Part> content,
            boolean error,
            @Nullable CacheHint cache,
            String path) implements Part {}

    /** Reasoning the model showed; the signature is what its provider wants back with it, empty when there is none. */
    record Reasoning(String text, String signature) implements Part {}

    /** Reasoning that only its provider can read. */
    record RedactedReasoning(String data) implements Part {}
}
