package io.llmgateway.converters.gemini;

import static io.llmgateway.converters.UsageJson.count;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.model.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Reads Gemini's counters: the prompt includes what came from the cache, tool results are counted beside it, and the
 * candidates do not include the thoughts. A counter of zero is not sent. Stateless, thread-safe.
 */
final class GeminiUsage {
    private GeminiUsage() {}

    /** False when more came from the cache than was asked, which cannot be. */
    static boolean isSure(JsonNode usage) {
        return count(usage, "cachedContentTokenCount") <= input(usage);
    }

    private static long input(JsonNode usage) {
        return count(usage, "promptTokenCount") + count(usage, "toolUsePromptTokenCount");
    }

    /** Null when nothing is counted. */
    static @Nullable Usage decode(JsonNode usage) {
        boolean counted = usage.path("promptTokenCount").isIntegralNumber()
                || usage.path("candidatesTokenCount").isIntegralNumber()
                || usage.path("totalTokenCount").isIntegralNumber();
        if (!counted) {
            return null;
        }
        long cached = count(usage, "cachedContentTokenCount");
        long thoughts = count(usage, "thoughtsTokenCount");
        long input = input(usage);
        cached = Math.clamp(cached, 0, Math.max(0, input));
        return new Usage(input - cached, cached, 0, count(usage, "candidatesTokenCount") + thoughts, thoughts);
    }
}
