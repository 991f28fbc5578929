package io.llmgateway.metrics;

import io.helidon.metrics.api.Tag;
import io.llmgateway.model.Usage;

/** The tokens of one label, by kind. Thread-safe. */
final class TokenCounters {
    private final Tally input;
    private final Tally cacheRead;
    private final Tally cacheWrite;
    private final Tally output;
    private final Tally reasoning;

    TokenCounters(Meters meters, Metric metric, Tag... tags) {
        input = meters.tally(metric, Meters.with(tags, "kind", "input"));
        cacheRead = meters.tally(metric, Meters.with(tags, "kind", "cache_read"));
        cacheWrite = meters.tally(metric, Meters.with(tags, "kind", "cache_write"));
        output = meters.tally(metric, Meters.with(tags, "kind", "output"));
        reasoning = meters.tally(metric, Meters.with(tags, "kind", "reasoning"));
    }

    void add(Usage usage) {
        input.add(usage.inputUncached());
        output.add(usage.output());
        // these are rare, and adding nothing costs as much as adding something
        if (usage.inputCacheRead() != 0) {
            cacheRead.add(usage.inputCacheRead());
        }
        if (usage.inputCacheWrite() != 0) {
            cacheWrite.add(usage.inputCacheWrite());
        }
        if (usage.reasoning() != 0) {
            reasoning.add(usage.reasoning());
        }
    }
}
