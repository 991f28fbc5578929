package io.llmgateway.converters.openai.chat;

import static io.llmgateway.converters.UsageJson.count;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.UsageJson;
import io.llmgateway.model.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Reads OpenAI's usage object and its dialects. Its prompt counter includes cached tokens; a compatible server whose
 * cached counter is larger than its prompt counter excludes them. Stateless, thread-safe.
 */
final class OpenAiUsage {
    private OpenAiUsage() {}

    /** Null when the JSON is not a usage object, or one that counts no output. */
    static @Nullable Usage decode(byte[] json, int start, int end) {
        JsonNode usage = UsageJson.object(json, start, end);
        return usage == null ? null : decode(usage);
    }

    /** Null when it counts no output. */
    static @Nullable Usage decode(JsonNode usage) {
        long prompt = count(usage, "prompt_tokens");
        long total = count(usage, "total_tokens");
        boolean counted = usage.path("completion_tokens").isIntegralNumber();
        if (!counted && !usage.path("total_tokens").isIntegralNumber()) {
            return null;
        }
        long completion = counted ? count(usage, "completion_tokens") : Math.max(0, total - prompt);
        long reasoning = count(usage, "completion_tokens_details", "reasoning_tokens");
        boolean apart = reasoning > 0 && total - prompt - completion == reasoning;
        long output = apart ? completion + reasoning : completion;
        if (usage.has("prompt_cache_miss_tokens")) {
            long hit = count(usage, "prompt_cache_hit_tokens");
            return new Usage(count(usage, "prompt_cache_miss_tokens"), hit, 0, output, reasoning);
        }
        long cached = count(usage, "prompt_tokens_details", "cached_tokens");
        long written = count(usage, "prompt_tokens_details", "cache_write_tokens");
        boolean excluded = cached > prompt;
        long uncached = excluded ? prompt : prompt - cached - written;
        return new Usage(uncached, cached, written, output, reasoning);
    }
}
