package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.UsageJson;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.TopLevelFields;
import org.jspecify.annotations.Nullable;

/**
 * Merges the usage objects of one answer. They are cumulative: a later counter replaces an earlier one, it is never
 * added. One guard: an event whose input side is all zero does not erase an input side that was reported before, since
 * compatible servers send zeros for what they leave out. Confined to one answer.
 */
final class AnthropicUsage {
    private static final int INPUT = 0;
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int OUTPUT = 3;
    private static final int THINKING = 4;
    private static final int COUNTED = 5;
    private static final int DETAILS = 4;
    private static final TopLevelFields COUNTERS = new TopLevelFields(
            "input_tokens",
            "cache_read_input_tokens",
            "cache_creation_input_tokens",
            "output_tokens",
            "output_tokens_details");
    private static final TopLevelFields DETAIL_COUNTERS = new TopLevelFields("thinking_tokens");

    private long input;
    private long cacheRead;
    private long cacheWrite;
    private long output;
    private long thinking;
    private boolean seen;
    private boolean complete;

    /** Takes the usage object of a whole answer; anything else is ignored. */
    void see(byte[] json, int start, int end) {
        TopLevelFields counters = COUNTERS.another();
        if (!counters.scan(json, start, end)) {
            return;
        }
        long[] values = new long[COUNTED];
        int present = 0;
        for (int i = 0; i < COUNTED - 1; i++) {
            values[i] = counters.number(json, i);
            present |= counters.isWhole(json, i) ? 1 << i : 0;
        }
        if (counters.beginsWith(json, DETAILS, '{')) {
            TopLevelFields details = DETAIL_COUNTERS.another();
            details.scan(json, counters.start(DETAILS), counters.end(DETAILS));
            values[THINKING] = details.number(json, 0);
            present |= details.isWhole(json, 0) ? 1 << THINKING : 0;
        }
        take(values, present);
    }

    /** Takes the usage object that opens a stream: its output is only what has been said so far. */
    void seeFirst(JsonNode usage) {
        boolean before = complete;
        see(usage);
        complete = before;
    }

    /** Takes a usage object that says what was used in the end. */
    void see(JsonNode usage) {
        long[] values = {
            UsageJson.count(usage, "input_tokens"),
            UsageJson.count(usage, "cache_read_input_tokens"),
            UsageJson.count(usage, "cache_creation_input_tokens"),
            UsageJson.count(usage, "output_tokens"),
            UsageJson.count(usage, "output_tokens_details", "thinking_tokens")
        };
        int present = (present(usage, "input_tokens") ? 1 << INPUT : 0)
                | (present(usage, "cache_read_input_tokens") ? 1 << READ : 0)
                | (present(usage, "cache_creation_input_tokens") ? 1 << WRITE : 0)
                | (present(usage, "output_tokens") ? 1 << OUTPUT : 0)
                | (present(usage.path("output_tokens_details"), "thinking_tokens") ? 1 << THINKING : 0);
        take(values, present);
    }

    /** The counters in their order, and a bit for each that was reported. */
    private void take(long[] values, int present) {
        seen |= has(present, INPUT) || has(present, OUTPUT);
        complete |= has(present, OUTPUT);
        boolean allZero = values[INPUT] == 0 && values[READ] == 0 && values[WRITE] == 0;
        if (!allZero) {
            input = has(present, INPUT) ? values[INPUT] : input;
            cacheRead = has(present, READ) ? values[READ] : cacheRead;
            cacheWrite = has(present, WRITE) ? values[WRITE] : cacheWrite;
        }
        output = has(present, OUTPUT) ? values[OUTPUT] : output;
        thinking = has(present, THINKING) ? values[THINKING] : thinking;
    }

    private static boolean has(int present, int counter) {
        return (present & 1 << counter) != 0;
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
