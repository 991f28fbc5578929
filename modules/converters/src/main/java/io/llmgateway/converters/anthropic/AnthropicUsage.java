package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.UsageJson;
import io.llmgateway.model.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Merges the usage objects of one answer. They are cumulative: a later counter replaces an earlier one, it is never
 * added. One guard: an event whose input side is all zero does not erase an input side that was reported before, since
 * compatible servers send zeros for what they leave out. Confined to one answer.
 */
final class AnthropicUsage {
    private long input;
    private long cacheRead;
    private long cacheWrite;
    private long output;
    private long thinking;
    private boolean seen;
    private boolean complete;

    /** Takes the usage object of a whole answer; anything else is ignored. */
    void see(byte[] json, int start, int end) {
        JsonNode usage = UsageJson.object(json, start, end);
        if (usage != null) {
            see(usage);
        }
    }

    /** Takes the usage object that opens a stream: its output is only what has been said so far. */
    void seeFirst(JsonNode usage) {
        boolean before = complete;
        see(usage);
        complete = before;
    }

    /** Takes a usage object that says what was used in the end. */
    void see(JsonNode usage) {
        seen |= present(usage, "input_tokens") || present(usage, "output_tokens");
        long newInput = UsageJson.count(usage, "input_tokens");
        long newRead = UsageJson.count(usage, "cache_read_input_tokens");
        long newWrite = UsageJson.count(usage, "cache_creation_input_tokens");
        boolean allZero = newInput == 0 && newRead == 0 && newWrite == 0;
        if (!allZero) {
            input = present(usage, "input_tokens") ? newInput : input;
            cacheRead = present(usage, "cache_read_input_tokens") ? newRead : cacheRead;
            cacheWrite = present(usage, "cache_creation_input_tokens") ? newWrite : cacheWrite;
        }
        if (present(usage, "output_tokens")) {
            output = UsageJson.count(usage, "output_tokens");
            complete = true;
        }
        if (present(usage.path("output_tokens_details"), "thinking_tokens")) {
            thinking = UsageJson.count(usage, "output_tokens_details", "thinking_tokens");
        }
    }

    /** The merged counters; null when no usage was seen. */
    @Nullable
    Usage usage() {
        return seen ? new Usage(input, cacheRead, cacheWrite, output, thinking) : null;
    }

    /** True when the output was counted to its end. */
    boolean complete() {
        return complete;
    }

    private static boolean present(JsonNode usage, String field) {
        return usage.path(field).isIntegralNumber();
    }
}
