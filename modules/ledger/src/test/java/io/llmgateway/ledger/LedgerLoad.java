package io.llmgateway.ledger;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Records usage until it is killed; prints each id with the time at which it was taken. */
final class LedgerLoad {
    private LedgerLoad() {}

    /** Takes the file and the number of the run. */
    public static void main(String[] arguments) {
        SqliteLedger ledger = SqliteLedger.open(Path.of(arguments[0]), Duration.ofDays(10), Clock.systemUTC());
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII);
        for (int i = 0; ; i++) {
            String id = arguments[1] + "-" + i;
            if (ledger.record(SqliteLedgerTest.usage(id, Clock.systemUTC().instant(), 1, "ok"))) {
                out.println(id + " " + System.nanoTime() / 1_000_000);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
