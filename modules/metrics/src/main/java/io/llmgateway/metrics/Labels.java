package io.llmgateway.metrics;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * What keys and models are called in metrics, so that no client makes series. Immutable, thread-safe.
 *
 * @param key the label of a key, by its name; empty when keys are not shown
 * @param family the family of a model, by its name, out of few
 * @param detailed whether there are series for each key and model together; the model by its own name then
 * @param known whether a model is one of the configuration, which may have series of its own; others go by their family
 * @param maxSeries most values of one label, 10 to 100,000; what comes after is counted as {@code other}
 */
public record Labels(
        Function<String, Optional<String>> key,
        UnaryOperator<String> family,
        Predicate<String> known,
        boolean detailed,
        int maxSeries) {
    /** Every model may have series of its own, up to the bound. */
    public Labels(
            Function<String, Optional<String>> key, UnaryOperator<String> family, boolean detailed, int maxSeries) {
        this(key, family, _ -> true, detailed, maxSeries);
    }

    /** Keys by their names, no families, no details, a thousand values. */
    public static final Labels PLAIN = new Labels(Optional::of, _ -> Series.OTHER, false, Series.CEILING);
}
