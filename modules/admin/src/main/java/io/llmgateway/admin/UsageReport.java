package io.llmgateway.admin;

import io.llmgateway.ledger.UsageQuery;
import io.llmgateway.ledger.UsageQuery.By;
import io.llmgateway.ledger.UsageSum;
import io.llmgateway.wire.JsonRecords;
import java.lang.invoke.MethodHandles;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reports of usage, as JSON, CSV or a table; the same for the command line and the admin listener. Stateless. */
public final class UsageReport {
    private static final Duration USUAL = Duration.ofDays(30);
    private static final int COST_DECIMALS = 9;
    private static final JsonRecords JSON = new JsonRecords(MethodHandles.lookup());

    private UsageReport() {}

    /**
     * What is asked for.
     *
     * @param by key, group, model, instance or day; null: key
     * @param from a date or moment in UTC; null: 30 days ago
     * @param to a date or moment in UTC, not included; null: now and a day
     * @throws IllegalArgumentException with what is wrong
     */
    public static UsageQuery query(@Nullable String by, @Nullable String from, @Nullable String to, Clock clock) {
        Instant start = from == null ? clock.instant().minus(USUAL) : moment("from", from);
        Instant end = to == null ? clock.instant().plus(Duration.ofDays(1)) : moment("to", to);
        try {
            return new UsageQuery(By.valueOf(by == null ? "KEY" : by.toUpperCase(Locale.ROOT)), start, end);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'by' must be one of: key, group, model, instance, day", e);
        }
    }

    private static Instant moment(String name, String text) {
        try {
            return text.length() <= "2026-01-01".length()
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'" + name + "' must be a date such as 2026-01-31 or a moment such as 2026-01-31T12:00:00Z", e);
        }
    }

    /** The report as compact JSON. */
    public static String json(UsageQuery query, List<UsageSum> sums) {
        return JSON.text(new Document(
                query.by().name().toLowerCase(Locale.ROOT),
                query.from().toString(),
                query.to().toString(),
                sums.stream().map(Entry::of).toList()));
    }

    private record Document(String by, String from, String to, List<Entry> usage) {}

    /** What one key, group, model, instance or day used. */
    private record Entry(
            String name,
            long requests,
            long failed,
            long estimated,
            long unpriced,
            long inputTokens,
            long cacheReadTokens,
            long cacheWriteTokens,
            long outputTokens,
            long reasoningTokens,
            String costUsd) {
        static Entry of(UsageSum sum) {
            return new Entry(
                    sum.name(),
                    sum.requests(),
                    sum.failed(),
                    sum.estimated(),
                    sum.unpriced(),
                    sum.usage().inputUncached(),
                    sum.usage().inputCacheRead(),
                    sum.usage().inputCacheWrite(),
                    sum.usage().output(),
                    sum.usage().reasoning(),
                    dollars(sum.cost()));
        }
    }

    /** The report for spreadsheets. */
    public static String csv(List<UsageSum> sums) {
        StringBuilder text = new StringBuilder("name,requests,failed,estimated,unpriced,input_tokens,cache_read_tokens,"
                + "cache_write_tokens,output_tokens,reasoning_tokens,cost_usd\n");
        for (UsageSum sum : sums) {
            text.append(quoted(sum.name()));
            long[] numbers = {
                sum.requests(),
                sum.failed(),
                sum.estimated(),
                sum.unpriced(),
                sum.usage().inputUncached(),
                sum.usage().inputCacheRead(),
                sum.usage().inputCacheWrite(),
                sum.usage().output(),
                sum.usage().reasoning()
            };
            for (long number : numbers) {
                text.append(',').append(number);
            }
            text.append(',').append(dollars(sum.cost())).append('\n');
        }
        return text.toString();
    }

    /** Names hold no quotes by their own rules, but a model's name may begin like a formula of a spreadsheet. */
    private static String quoted(String name) {
        boolean formula = !name.isEmpty() && "=+-@".indexOf(name.charAt(0)) >= 0;
        return '"' + (formula ? "'" : "") + name.replace("\"", "\"\"") + '"';
    }

    /** The report for a terminal. */
    public static String table(List<UsageSum> sums) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, "%-32s %10s %8s %14s %14s %14s%n", "", "requests", "failed", "input", "output", "USD"));
        for (UsageSum sum : sums) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-32s %10d %8d %14d %14d %14s%s%n",
                    sum.name().isEmpty() ? "(none)" : sum.name(),
                    sum.requests(),
                    sum.failed(),
                    sum.usage().input(),
                    sum.usage().output(),
                    dollars(sum.cost()),
                    sum.unpriced() > 0 ? "  " + sum.unpriced() + " without a price" : ""));
        }
        return text.toString();
    }

    private static String dollars(long nanos) {
        return BigDecimal.valueOf(nanos, COST_DECIMALS).stripTrailingZeros().toPlainString();
    }
}
