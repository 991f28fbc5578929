package io.llmgateway.settings;

import io.llmgateway.model.Usage;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What tokens cost, by patterns of model names. The pattern with the most fixed characters counts; among equal ones the
 * first. Immutable but for what it remembers of models it was asked for; thread-safe.
 */
public final class PriceList {
    private static final long HIGHEST = Long.MAX_VALUE / 4;
    private static final int REMEMBERED = 1_000;

    private final String version;
    private final List<Price> prices;
    private final Optional<PriceList> base;
    // every request asks, and nearly always for the same few models
    private final ConcurrentHashMap<String, Optional<Price>> known = new ConcurrentHashMap<>();

    /**
     * Makes a list.
     *
     * @param version names the list in reports
     * @param prices in any order
     * @param base asked when none of them matches
     */
    public PriceList(String version, List<Price> prices, Optional<PriceList> base) {
        this.version = version;
        this.base = base;
        this.prices = prices.stream()
                .sorted((one, other) -> Integer.compare(
                        other.model().fixedCharacters(), one.model().fixedCharacters()))
                .toList();
    }

    /** The list's name in reports. */
    public String version() {
        return version;
    }

    /** The prices, the most specific first. */
    public List<Price> prices() {
        return prices;
    }

    /** Asked when none of the prices matches. */
    public Optional<PriceList> base() {
        return base;
    }

    /** The price of a model; empty when it has none. */
    public Optional<Price> of(String model) {
        Optional<Price> price = known.get(model);
        if (price == null) {
            price = find(model);
            if (known.size() < REMEMBERED) {
                known.put(model, price);
            }
        }
        return price;
    }

    private Optional<Price> find(String model) {
        for (Price price : prices) {
            if (price.model().matches(model)) {
                return Optional.of(price);
            }
        }
        return base.flatMap(list -> list.of(model));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PriceList that
                && version.equals(that.version)
                && prices.equals(that.prices)
                && base.equals(that.base);
    }

    @Override
    public int hashCode() {
        return Objects.hash(version, prices, base);
    }

    @Override
    public String toString() {
        return "PriceList[" + version + ", " + prices.size() + " prices]";
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
