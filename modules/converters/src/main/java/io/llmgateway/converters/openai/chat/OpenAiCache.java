package io.llmgateway.converters.openai.chat;

import io.llmgateway.converters.canonical.CacheHint;
import io.llmgateway.converters.hub.Fields;
import org.jspecify.annotations.Nullable;

/**
 * Reads wishes for the prompt cache: OpenAI's own {@code prompt_cache_breakpoint} and Anthropic's
 * {@code cache_control}, which clients of Claude send through this protocol. Stateless, thread-safe.
 */
final class OpenAiCache {
    private OpenAiCache() {}

    static @Nullable CacheHint hint(Fields holder) {
        Fields breakpoint = holder.object("prompt_cache_breakpoint");
        if (breakpoint != null) {
            return breakpoint.has("ttl") ? CacheHint.LONG : CacheHint.SHORT;
        }
        Fields control = holder.object("cache_control");
        if (control == null) {
            return null;
        }
        return "1h".equals(control.text("ttl")) ? CacheHint.LONG : CacheHint.SHORT;
    }
}
