package io.llmgateway.pipeline;

import io.llmgateway.limits.ResourceUsage;
import io.llmgateway.model.Usage;
import io.llmgateway.settings.PriceList;
import io.llmgateway.wire.RequestFacts;

/**
 * What a request may use, before anybody has counted: a token for four bytes of its body, and the output it allows
 * itself, within bounds. Immutable, thread-safe.
 *
 * @param input input tokens
 * @param output output tokens
 * @param times how often a provider is asked for it
 */
record Estimate(long input, long output, int times) {
    private static final int BYTES_PER_TOKEN = 4;
    private static final long USUAL_OUTPUT = 1_000;
    private static final long MOST_OUTPUT = 16_000;
    private static final int MOST_CANDIDATES = 8;

    /** What a request may use that goes to a provider so many times. */
    Estimate(RequestFacts facts, int bodyBytes, boolean countingOnly, int times) {
        this(
                countingOnly ? 0 : (long) times * (bodyBytes / BYTES_PER_TOKEN),
                countingOnly ? 0 : output(facts, times),
                times);
    }

    private static long output(RequestFacts facts, int times) {
        long asked = facts.maxTokens() < 0 ? USUAL_OUTPUT : Math.min(facts.maxTokens(), MOST_OUTPUT);
        if (times > 1) {
            return times * asked;
        }
        return Math.min(MOST_OUTPUT, asked * Math.clamp(facts.candidates(), 1, MOST_CANDIDATES));
    }

    /** One of the times. */
    Estimate once() {
        return times == 1 ? this : new Estimate(input / times, output / times, 1);
    }

    /** What to reserve, with the price of the model that serves first. */
    ResourceUsage claim(PriceList prices, String model) {
        Usage usage = new Usage(input, 0, 0, output, 0);
        return new ResourceUsage(
                input, output, prices.of(model).map(price -> price.cost(usage)).orElse(0L));
    }
}
