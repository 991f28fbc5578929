package io.llmgateway.admin;

import io.llmgateway.limits.LimitStatus;
import java.util.List;

/** What {@code GET /limits} tells operators: what is left of every limit, when it refills. Immutable. */
record LimitsPage(List<Limit> limits) {
    private static final long NANOS_PER_MICRO_DOLLAR = 1_000;

    static LimitsPage of(List<LimitStatus> statuses) {
        return new LimitsPage(statuses.stream().map(Limit::of).toList());
    }

    /**
     * One limit.
     *
     * @param scope whose it is
     * @param models a pattern
     * @param unit of amount and remaining
     */
    record Limit(String scope, String models, String limit, String unit, long amount, long remaining, long resetMs) {
        private static Limit of(LimitStatus status) {
            boolean money = status.limit().startsWith("budget");
            long unit = money ? NANOS_PER_MICRO_DOLLAR : 1;
            return new Limit(
                    status.owner(),
                    status.models().isEmpty() ? "*" : status.models(),
                    status.limit(),
                    money ? "micro_usd" : "count",
                    status.amount() / unit,
                    status.remaining() / unit,
                    status.reset().toMillis());
        }
    }
}
