package io.llmgateway.converters.anthropic;

import io.llmgateway.converters.canonical.Stop;
import io.llmgateway.converters.hub.Losses;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.JsonOut;
import org.jspecify.annotations.Nullable;

/**
 * How an answer ended, in Anthropic's words. Immutable.
 *
 * @param stop why
 * @param called true when tools were called
 * @param detail the stop text or the explanation of a refusal; null for none
 */
record AnthropicStop(Stop stop, boolean called, @Nullable String detail) {
    /** Writes {@code stop_reason}, {@code stop_sequence} and {@code stop_details} into the open object. */
    void write(JsonOut json) {
        json.field("stop_reason", reason());
        json.field("stop_sequence", stop == Stop.STOP_SEQUENCE ? detail : null);
        if (stop == Stop.REFUSED) {
            json.object("stop_details").field("type", "refusal").field("category", (String) null);
            json.field("explanation", detail).endObject();
        } else {
            json.field("stop_details", (String) null);
        }
    }

    private String reason() {
        return switch (stop) {
            case DONE, FAILED -> "end_turn";
            case STOP_SEQUENCE -> "stop_sequence";
            case LENGTH -> "max_tokens";
            case CONTEXT_FULL -> "model_context_window_exceeded";
            case TOOL_USE -> called ? "tool_use" : "end_turn";
            case REFUSED -> "refusal";
            case PAUSE -> "pause_turn";
            case UNKNOWN -> called ? "tool_use" : "end_turn";
        };
    }

    /** The text that stands for what the protocol has no block for in answers. */
    static String placeholder(String field, Losses losses) {
        losses.dropped("", field);
        return switch (field) {
            case "images" -> "[image]";
            case "audio" -> "[audio]";
            default -> "[file]";
        };
    }

    /** The usage object; Anthropic's input counter does not include what came from the cache. */
    static void usage(JsonOut json, Usage usage) {
        json.object().field("input_tokens", usage.inputUncached());
        json.field("cache_creation_input_tokens", usage.inputCacheWrite());
        json.field("cache_read_input_tokens", usage.inputCacheRead());
        json.field("output_tokens", usage.output());
        if (usage.reasoning() > 0) {
            json.object("output_tokens_details")
                    .field("thinking_tokens", usage.reasoning())
                    .endObject();
        }
        json.endObject();
    }
}
