package io.llmgateway.converters;

import io.llmgateway.model.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of an answer on its way to the client, streamed or whole. Confined to one answer. */
public interface TranslatedAnswer {
    /** The tokens reported so far; null when none were. */
    @Nullable
    Usage usage();

    /** False when {@link #usage} is only what was known before the end: more was used than it says. */
    default boolean usageComplete() {
        return usage() != null;
    }

    /** The estimate that the client was told at the end, which is charged as it is; null when it was told none. */
    default @Nullable Usage told() {
        return null;
    }

    /** About how many tokens the request has, as the client may be told; -1 when it is told nothing of the kind. */
    default long estimatedInput() {
        return -1;
    }

    /** After an answer that is an error: the provider's error as raw JSON. */
    byte[] errorBody();

    /** After an answer that cannot be read: what is wrong, at most 1,000 characters; empty before. */
    default String problem() {
        return "";
    }

    /** How many events of a relayed stream went to the client although they are not JSON. */
    default long brokenEvents() {
        return 0;
    }

    /** What of the response so far was lost, each as {@code dropped:response.field}; at most 1,024 characters. */
    default List<String> warnings() {
        return List.of();
    }

    /** The answer is over, or given up: gives back the memory that was charged for it. Harmless when called again. */
    default void end() {
        // most hold nothing, or what ends with their translation
    }
}
