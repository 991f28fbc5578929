package io.llmgateway.launcher;

import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Ends a process whose listener takes no connections any more, for whatever reason: a service manager or orchestrator
 * starts it again, while a process that only seems to live is restarted by nobody. Thread-safe.
 */
final class ListenerWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ListenerWatch.class.getName());
    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final long LAST_LINE_NANOS = 100_000_000;

    /** How many tries in a row must fail. */
    private static final int ENOUGH = 2;

    private final BooleanSupplier accepts;
    private final Runnable end;
    private final Loop loop;
    private int failed;

    private ListenerWatch(BooleanSupplier accepts, Runnable end, Duration period) {
        this.accepts = accepts;
        this.end = end;
        this.loop = Loop.every(LoopName.LISTENER_WATCH, period, this::look);
    }

    /** Watches, and ends the process with a code that says so. */
    static ListenerWatch start(Gateway gateway) {
        return new ListenerWatch(gateway::accepts, ListenerWatch::halt, PERIOD);
    }

    /** Watches with a period and an end of the caller's. */
    static ListenerWatch start(BooleanSupplier accepts, Runnable end, Duration period) {
        return new ListenerWatch(accepts, end, period);
    }

    private void look() {
        failed = accepts.getAsBoolean() ? 0 : failed + 1;
        if (failed == ENOUGH) {
            end.run();
        }
    }

    private static void halt() {
        LOG.log(
                System.Logger.Level.ERROR,
                "a listener takes no connections any more; the process ends with " + Main.FAILED
                        + " so that it is started again");
        // for the log's writer; waiting for it could take for ever when nobody reads what it writes
        LockSupport.parkNanos(LAST_LINE_NANOS);
        Runtime.getRuntime().halt(Main.FAILED);
    }

    @Override
    public void close() {
        loop.close();
    }
}
