package io.llmgateway.launcher;

import io.llmgateway.ledger.Ledger;
import io.llmgateway.ledger.SqliteLedger;
import io.llmgateway.ledger.UsageSum;
import io.llmgateway.limits.Limiter;
import io.llmgateway.limits.PastUsage;
import io.llmgateway.limits.ResourceUsage;
import io.llmgateway.metrics.GatewayMetrics;
import io.llmgateway.settings.UsageSettings;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Opens the ledger and tells the limits what was used before the start. Stateless. */
final class LedgerFactory {
    private static final System.Logger LOG = System.getLogger(LedgerFactory.class.getName());

    private LedgerFactory() {}

    static Ledger open(UsageSettings settings, Clock clock, GatewayMetrics metrics) {
        if (settings.database().isEmpty()) {
            return Ledger.none();
        }
        Ledger ledger = SqliteLedger.open(settings.database().get(), settings.retention(), clock);
        metrics.ledger(
                () -> ledger.counts().written(),
                () -> ledger.counts().lost(),
                () -> ledger.counts().waiting());
        return ledger;
    }

    /**
     * Tells the limits what was used in their windows before they were made.
     *
     * @param until only what began before counts: the gateway counts itself from then on
     * @return false when the ledger cannot be read now; the limits count from zero until a later try
     */
    static boolean restore(Limiter limiter, Ledger ledger, Instant until) {
        Instant since = limiter.earliestWindow().orElse(null);
        if (since == null) {
            return true;
        }
        try {
            List<PastUsage> history = new ArrayList<>();
            for (UsageSum sum : ledger.sumsBetween(since, until)) {
                ResourceUsage used = new ResourceUsage(
                        Math.max(0, sum.usage().input()),
                        Math.max(0, sum.usage().output()),
                        Math.max(0, sum.cost()));
                history.add(new PastUsage(sum.at(), sum.name(), sum.asked(), sum.served(), sum.requests(), used));
            }
            limiter.restore(history);
            return true;
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "what was used before cannot be read, limits per hour, day and month count from zero until it can:"
                            + " it is tried again; {0}",
                    e.getMessage());
            return false;
        }
    }
}
