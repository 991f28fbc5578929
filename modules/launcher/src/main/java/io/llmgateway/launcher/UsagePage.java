package io.llmgateway.launcher;

import io.llmgateway.ledger.Ledger;
import io.llmgateway.ledger.UsageQuery;
import java.time.Clock;
import java.util.Map;

/** What {@code GET /usage?by=&from=&to=} tells operators. Stateless. */
final class UsagePage {
    private UsagePage() {}

    static String text(Ledger ledger, Map<String, String> parameters) {
        if (!ledger.stores()) {
            throw new IllegalArgumentException("no usage is stored: set usage.database to a file");
        }
        UsageQuery query = UsageReport.query(
                parameters.get("by"), parameters.get("from"), parameters.get("to"), Clock.systemUTC());
        return UsageReport.json(query, ledger.report(query));
    }
}
