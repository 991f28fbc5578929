package io.llmgateway.settings.read;

import io.llmgateway.settings.Limit;
import io.llmgateway.settings.Limit.Measure;
import io.llmgateway.settings.Limit.Window;
import io.llmgateway.settings.LimitSet;
import io.llmgateway.settings.LimitSet.ForModels;
import io.llmgateway.settings.ModelGlob;
import io.llmgateway.settings.Units;
import io.llmgateway.settings.reference.SettingSpec.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads sections {@code limits}. Stateless. */
final class LimitsReader {
    private static final Map<String, Window> PERIODS = periods();
    private static final long MAX_COUNT = 10_000_000_000L;
    private static final int MONEY_DIGITS = 9;

    private LimitsReader() {}

    static LimitSet read(Section section) {
        List<Limit> limits = limits(section);
        List<ForModels> models = new ArrayList<>();
        section.named("models").forEach((pattern, each) -> {
            List<Limit> own = limits(each);
            try {
                models.add(new ForModels(new ModelGlob(pattern), own));
            } catch (IllegalArgumentException e) {
                each.problem("the pattern " + e.getMessage());
            }
        });
        return new LimitSet(limits, models);
    }

    private static List<Limit> limits(Section section) {
        List<Limit> limits = new ArrayList<>();
        count(section, Measure.REQUESTS, Window.MINUTE, limits);
        for (Measure tokens : List.of(Measure.TOKENS, Measure.INPUT_TOKENS, Measure.OUTPUT_TOKENS)) {
            count(section, tokens, Window.MINUTE, limits);
            count(section, tokens, Window.DAY, limits);
        }
        count(section, Measure.CONCURRENT, Window.NONE, limits);
        Limit budget = budget(section.section(Measure.MONEY.wire()));
        if (budget != null) {
            limits.add(budget);
        }
        return limits;
    }

    private static void count(Section section, Measure measure, Window window, List<Limit> limits) {
        String key = window == Window.NONE ? measure.wire() : measure.wire() + "-per-" + window.wire();
        section.parsed(key, new Kind.Count(1, MAX_COUNT), text -> {
                    long amount = Units.count(text);
                    if (amount < 1 || amount > MAX_COUNT) {
                        throw new IllegalArgumentException("must be 1 to " + MAX_COUNT);
                    }
                    return amount;
                })
                .optional()
                .ifPresent(amount -> limits.add(new Limit(measure, window, amount)));
    }

    private static @Nullable Limit budget(Section section) {
        Value<Long> amount = section.parsed("amount", new Kind.Decimal("amount of money"), LimitsReader::money);
        section.choice("currency", Map.of("USD", "USD"));
        Value<Window> period = section.choice("per", PERIODS);
        boolean counts = amount.written() || section.context().probing();
        Window per = counts ? period.orElse(Window.MONTH) : Window.MONTH;
        if (period.written() && !amount.written()) {
            section.problemHere("amount", "is required");
        }
        return amount.optional()
                .map(value -> new Limit(Measure.MONEY, per, value))
                .orElse(null);
    }

    /** Dollars in billionths. */
    static long money(String text) {
        try {
            BigDecimal nanos = new BigDecimal(text).movePointRight(MONEY_DIGITS);
            long value = nanos.longValueExact();
            if (value < 1 || value / Limit.NANOS_PER_DOLLAR > 1_000_000_000) {
                throw new IllegalArgumentException("must be more than 0 and at most 1000000000");
            }
            return value;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be an amount of money such as 500 or 0.25", e);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("must have at most 9 decimals and be at most 1000000000", e);
        }
    }

    private static Map<String, Window> periods() {
        Map<String, Window> periods = new LinkedHashMap<>();
        for (Window window : List.of(Window.HOUR, Window.DAY, Window.MONTH)) {
            periods.put(window.wire(), window);
        }
        return periods;
    }
}
