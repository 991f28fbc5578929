package io.llmgateway.metrics;

import io.helidon.metrics.api.Counter;
import io.helidon.metrics.api.Tag;
import io.llmgateway.metrics.MetricCatalog.Metric;
import io.llmgateway.model.Usage;

/** The tokens of one label, by kind. Thread-safe. */
final class TokenCounters {
    private final Counter input;
    private final Counter cacheRead;
    private final Counter cacheWrite;
    private final Counter output;
    private final Counter reasoning;

    TokenCounters(GatewayMetrics metrics, Metric metric, Tag... tags) {
        input = metrics.counter(metric, UsageMeters.with(tags, "kind", "input"));
        cacheRead = metrics.counter(metric, UsageMeters.with(tags, "kind", "cache_read"));
        cacheWrite = metrics.counter(metric, UsageMeters.with(tags, "kind", "cache_write"));
        output = metrics.counter(metric, UsageMeters.with(tags, "kind", "output"));
        reasoning = metrics.counter(metric, UsageMeters.with(tags, "kind", "reasoning"));
    }

    void add(Usage usage) {
        input.increment(usage.inputUncached());
        output.increment(usage.output());
        // these are rare, and adding nothing costs as much as adding something
        if (usage.inputCacheRead() != 0) {
            cacheRead.increment(usage.inputCacheRead());
        }
        if (usage.inputCacheWrite() != 0) {
            cacheWrite.increment(usage.inputCacheWrite());
        }
        if (usage.reasoning() != 0) {
            reasoning.increment(usage.reasoning());
        }
    }
}
