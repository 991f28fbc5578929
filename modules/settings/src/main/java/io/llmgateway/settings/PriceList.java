package io.llmgateway.settings;

import io.llmgateway.model.Usage;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What tokens cost, by patterns of model names. The pattern with the most fixed characters counts; among equal ones the
 * first. Immutable, thread-safe.
 *
 * @param version names the list in reports
 * @param prices the most specific first
 * @param base asked when none of them matches
 */
public record PriceList(String version, List<Price> prices, Optional<PriceList> base) {
    private static final long HIGHEST = Long.MAX_VALUE / 4;

    public PriceList {
        prices = prices.stream()
                .sorted(Comparator.comparingInt((Price price) -> price.model().fixedCharacters())
                        .reversed())
                .toList();
    }

    /** The price of a model; empty when it has none. */
    public Optional<Price> of(String model) {
        for (Price price : prices) {
            if (price.model().matches(model)) {
                return Optional.of(price);
            }
        }
        return base.flatMap(list -> list.of(model));
    }

    /**
     * Billionths of a dollar for one token of each kind, each 0 or more. Immutable.
     *
     * @param model which models
     * @param input input tokens that came from no cache
     * @param cacheRead input tokens that the provider had in its cache
     * @param cacheWrite input tokens that it put into its cache
     * @param output output tokens, reasoning included
     */
    public record Price(ModelGlob model, long input, long cacheRead, long cacheWrite, long output) {
        /** What this usage costs, in billionths of a dollar; never more than the largest number. */
        public long cost(Usage usage) {
            long sum = times(usage.inputUncached(), input);
            sum = plus(sum, times(usage.inputCacheRead(), cacheRead));
            sum = plus(sum, times(usage.inputCacheWrite(), cacheWrite));
            return plus(sum, times(usage.output(), output));
        }

        private static long times(long tokens, long price) {
            return Math.multiplyHigh(tokens, price) != 0 ? HIGHEST : Math.min(HIGHEST, Math.abs(tokens * price));
        }

        private static long plus(long a, long b) {
            return Math.min(HIGHEST, a + b);
        }
    }
}
