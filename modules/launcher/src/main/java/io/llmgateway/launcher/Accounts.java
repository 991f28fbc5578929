package io.llmgateway.launcher;

import io.llmgateway.ledger.Ledger;
import io.llmgateway.ledger.SqliteLedger;
import io.llmgateway.ledger.UsageSum;
import io.llmgateway.limits.Claim;
import io.llmgateway.limits.Limiter;
import io.llmgateway.limits.Spent;
import io.llmgateway.metrics.GatewayMetrics;
import io.llmgateway.settings.AccountingSettings;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Opens the ledger and tells the limits what was used before the start. Stateless. */
final class Accounts {
    private Accounts() {}

    static Ledger open(AccountingSettings settings, Clock clock, GatewayMetrics metrics) {
        if (settings.database().isEmpty()) {
            return Ledger.none();
        }
        Ledger ledger = SqliteLedger.open(settings.database().get(), settings.retention(), clock);
        metrics.ledger(
                () -> (int) ledger.counts().written(),
                () -> (int) ledger.counts().lost(),
                () -> (int) ledger.counts().waiting());
        return ledger;
    }

    static void restore(Limiter limiter, Ledger ledger) {
        limiter.earliestWindow().ifPresent(since -> {
            List<Spent> history = new ArrayList<>();
            for (UsageSum sum : ledger.sumsSince(since)) {
                Claim used = new Claim(sum.usage().input(), sum.usage().output(), sum.cost());
                history.add(new Spent(sum.at(), sum.name(), sum.asked(), sum.served(), sum.requests(), used));
            }
            limiter.restore(history);
        });
    }
}
