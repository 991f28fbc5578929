package io.llmgateway.launcher;

import io.llmgateway.admin.UsageReport;
import io.llmgateway.ledger.SqliteLedger;
import io.llmgateway.ledger.UsageQuery;
import io.llmgateway.ledger.UsageSum;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reports who used what. Confined to one thread. */
@Command(
        name = "usage",
        description = {
            "Report who used what, from the database of a gateway that may be running.",
            "",
            "Example: llm-gateway usage --database usage.db --by model --from 2026-11-01"
        },
        mixinStandardHelpOptions = true)
final class UsageCommand implements Callable<Integer> {
    @Option(names = "--database", paramLabel = "FILE", required = true, description = "the file of usage.database")
    private Path database = Path.of("usage.db");

    @Option(names = "--by", paramLabel = "WHAT", description = "key, group, model, instance or day (default: key)")
    private @Nullable String by;

    @Option(names = "--from", paramLabel = "DATE", description = "first day or moment, UTC (default: 30 days ago)")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "DATE", description = "the day or moment after the last, UTC (default: now)")
    private @Nullable String to;

    @Option(names = "--json", description = "write JSON")
    private boolean json;

    @Option(names = "--csv", description = "write comma-separated values")
    private boolean csv;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        UsageQuery query;
        try {
            query = UsageReport.query(by, from, to, Clock.systemUTC());
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        List<UsageSum> sums = SqliteLedger.report(database, query);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(UsageReport.json(query, sums));
        } else {
            out.print(csv ? UsageReport.csv(sums) : UsageReport.table(sums));
        }
        out.flush();
        return Main.OK;
    }
}
