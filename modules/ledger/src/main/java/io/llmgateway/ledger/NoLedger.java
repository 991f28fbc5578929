package io.llmgateway.ledger;

import java.time.Instant;
import java.util.List;

/** Keeps nothing, for gateways without a database. Stateless. */
final class NoLedger implements Ledger {
    @Override
    public boolean record(UsageRecord usage) {
        return true;
    }

    @Override
    public boolean stores() {
        return false;
    }

    @Override
    public List<UsageSum> sumsBetween(Instant from, Instant until) {
        return List.of();
    }

    @Override
    public List<UsageSum> report(UsageQuery query) {
        return List.of();
    }

    @Override
    public Counts counts() {
        return new Counts(0, 0, 0);
    }

    @Override
    public void close() {
        // there is nothing to close
    }
}
