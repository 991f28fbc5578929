package io.llmgateway.converters.openai.chat;

import io.llmgateway.converters.canonical.Stop;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.JsonOut;
import org.jspecify.annotations.Nullable;

/** Writes how an answer ended and what it used. Stateless, thread-safe. */
final class OpenAiStop {
    private static final String REFUSED = "The model refused to answer.";

    private OpenAiStop() {}

    /** The finish reason; always one of the protocol's own. */
    static String wire(Stop stop, boolean legacy) {
        return switch (stop) {
            case DONE, STOP_SEQUENCE, PAUSE, UNKNOWN, FAILED -> "stop";
            case LENGTH, CONTEXT_FULL -> "length";
            case TOOL_USE -> legacy ? "function_call" : "tool_calls";
            case REFUSED -> "content_filter";
        };
    }

    /** What is said when the provider gave no words for its refusal. */
    static String refusal(@Nullable String explanation) {
        return explanation == null || explanation.isEmpty() ? REFUSED : explanation;
    }

    /** The usage object; OpenAI's prompt counter includes what came from the cache. */
    static void usage(JsonOut json, Usage usage) {
        json.object().field("prompt_tokens", usage.input()).field("completion_tokens", usage.output());
        json.field("total_tokens", usage.total());
        json.object("prompt_tokens_details").field("cached_tokens", usage.inputCacheRead());
        if (usage.inputCacheWrite() > 0) {
            json.field("cache_write_tokens", usage.inputCacheWrite());
        }
        json.endObject();
        json.object("completion_tokens_details")
                .field("reasoning_tokens", usage.reasoning())
                .endObject();
        json.endObject();
    }
}
