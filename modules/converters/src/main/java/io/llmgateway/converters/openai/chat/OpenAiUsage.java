package io.llmgateway.converters.openai.chat;

import static io.llmgateway.converters.UsageJson.count;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.ByteSearch;
import io.llmgateway.wire.JsonTrees;
import io.llmgateway.wire.TopLevelFields;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads OpenAI's usage object and its dialects: counters under Anthropic's names, cached ones beside (Moonshot). Its
 * prompt counter includes cached tokens. Where the cached
 * counter is larger, the prompt counter excludes it: some of xAI's models say it so (seen in February 2026 with
 * grok-4-1-fast-non-reasoning), and servers that wrap Anthropic's. A total that fits neither reading shows that the
 * counters are wrong: no more is cached than was asked. Stateless, thread-safe.
 */
final class OpenAiUsage {
    private static final long NOT_REPORTED = -1;
    private static final int PROMPT = 0;
    private static final int COMPLETION = 1;
    private static final int TOTAL = 2;
    private static final int MISS = 3;
    private static final int HIT = 4;
    private static final int COMPLETION_DETAILS = 5;
    private static final int PROMPT_DETAILS = 6;
    private static final int CACHED_BESIDE = 7;
    private static final int INPUT = 8;
    private static final int OUTPUT = 9;
    private static final TopLevelFields COUNTERS = new TopLevelFields(
            "prompt_tokens",
            "completion_tokens",
            "total_tokens",
            "prompt_cache_miss_tokens",
            "prompt_cache_hit_tokens",
            "completion_tokens_details",
            "prompt_tokens_details",
            "cached_tokens",
            "input_tokens",
            "output_tokens");
    private static final int REASONING = 0;
    private static final int CACHED = 1;
    private static final int WRITTEN = 2;
    private static final TopLevelFields DETAILS =
            new TopLevelFields("reasoning_tokens", "cached_tokens", "cache_write_tokens");

    private static final TopLevelFields WITHIN = new TopLevelFields("usage");
    private static final ByteSearch NAME = new ByteSearch("\"usage\"");

    private OpenAiUsage() {}

    /**
     * What was counted. Immutable.
     *
     * @param usage the tokens
     * @param sure false when the counters contradict each other
     */
    record Counted(Usage usage, boolean sure) {}

    /** Usage as Groq puts it into an object of its own, {@code x_groq}; null when none is there. */
    static @Nullable Counted groq(byte[] json, int start, int end) {
        TopLevelFields within = WITHIN.another();
        return within.scan(json, start, end) && within.beginsWith(json, 0, '{')
                ? decode(json, within.start(0), within.end(0))
                : null;
    }

    /** Usage as Moonshot puts it into the choice that ends; null when none is there. */
    static @Nullable Counted ofChoices(byte[] json, int start, int end) {
        return NAME.find(json, start, end) < 0 ? null : inChoices(json, start, end);
    }

    private static @Nullable Counted inChoices(byte[] json, int start, int end) {
        Counted last = null;
        try {
            for (JsonNode choice : JsonTrees.read(json, start, end - start)) {
                Counted seen = choice.path("usage").isObject() ? decode(choice.path("usage")) : null;
                last = seen == null ? last : seen;
            }
        } catch (IOException e) {
            // a counter that cannot be read is a counter that was not sent; the answer goes on
            return null;
        }
        return last;
    }

    /**
     * Null when the JSON is not a usage object, or one that counts no output; it must be valid, as it is when an answer
     * was read as a whole.
     */
    static @Nullable Counted decode(byte[] json, int start, int end) {
        TopLevelFields counters = COUNTERS.another();
        if (!counters.scan(json, start, end)) {
            return null;
        }
        int asked = counters.isWhole(json, PROMPT) ? PROMPT : INPUT;
        int said = counters.isWhole(json, COMPLETION) ? COMPLETION : OUTPUT;
        boolean counted = counters.isWhole(json, said);
        if (!counted && !(counters.isWhole(json, TOTAL) && counters.isWhole(json, asked))) {
            return null;
        }
        long prompt = counters.number(json, asked);
        long total = counters.number(json, TOTAL);
        Plain plain = new Plain(
                prompt,
                counted ? counters.number(json, said) : Math.max(0, total - prompt),
                total,
                detail(json, counters, COMPLETION_DETAILS, REASONING));
        if (counters.start(MISS) >= 0) {
            return usage(plain, Math.max(0, counters.number(json, MISS)), counters.number(json, HIT), 0);
        }
        return usage(
                plain,
                NOT_REPORTED,
                Math.max(detail(json, counters, PROMPT_DETAILS, CACHED), counters.number(json, CACHED_BESIDE)),
                detail(json, counters, PROMPT_DETAILS, WRITTEN));
    }

    /** A counter one level down. */
    private static long detail(byte[] json, TopLevelFields counters, int parent, int field) {
        if (!counters.beginsWith(json, parent, '{')) {
            return 0;
        }
        TopLevelFields details = DETAILS.another();
        details.scan(json, counters.start(parent), counters.end(parent));
        return details.number(json, field);
    }

    /** What every dialect has. */
    private record Plain(long prompt, long completion, long total, long reasoning) {}

    private static Counted usage(Plain plain, long miss, long cached, long written) {
        boolean apart = plain.reasoning > 0 && plain.total - plain.prompt - plain.completion == plain.reasoning;
        long output = apart ? plain.completion + plain.reasoning : plain.completion;
        if (miss != NOT_REPORTED) {
            return new Counted(new Usage(miss, cached, 0, output, plain.reasoning), true);
        }
        if (cached <= plain.prompt) {
            long uncached = plain.prompt - cached - written;
            return new Counted(new Usage(uncached, cached, written, output, plain.reasoning), true);
        }
        long without = plain.prompt + output;
        boolean excluded = plain.total <= 0
                || plain.total == without
                || plain.total == without + cached
                || plain.total == without + cached + written;
        Usage usage = excluded
                ? new Usage(plain.prompt, cached, written, output, plain.reasoning)
                : new Usage(0, plain.prompt, 0, output, plain.reasoning);
        return new Counted(usage, excluded);
    }

    /** Null when it counts no output, itself or as what a total has above the prompt. */
    static @Nullable Counted decode(JsonNode usage) {
        String asked = usage.path("prompt_tokens").isIntegralNumber() ? "prompt_tokens" : "input_tokens";
        String said = usage.path("completion_tokens").isIntegralNumber() ? "completion_tokens" : "output_tokens";
        boolean counted = usage.path(said).isIntegralNumber();
        boolean difference = usage.path("total_tokens").isIntegralNumber()
                && usage.path(asked).isIntegralNumber();
        if (!counted && !difference) {
            return null;
        }
        long prompt = count(usage, asked);
        long total = count(usage, "total_tokens");
        Plain plain = new Plain(
                prompt,
                counted ? count(usage, said) : Math.max(0, total - prompt),
                total,
                count(usage, "completion_tokens_details", "reasoning_tokens"));
        if (usage.has("prompt_cache_miss_tokens")) {
            long miss = Math.max(0, count(usage, "prompt_cache_miss_tokens"));
            return usage(plain, miss, count(usage, "prompt_cache_hit_tokens"), 0);
        }
        return usage(
                plain,
                NOT_REPORTED,
                Math.max(count(usage, "prompt_tokens_details", "cached_tokens"), count(usage, "cached_tokens")),
                count(usage, "prompt_tokens_details", "cache_write_tokens"));
    }
}
