package io.llmgateway.simulator;

import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The client of one request: waits for it without sleeping through its leaving, and breaks its connection when the
 * script says so. Confined to one request.
 */
final class SimulatedClient {
    private static final long STEP_NANOS = 20_000_000L;

    private final ConnectionContext context;
    private final Journal journal;
    private volatile boolean gone;
    private boolean watching;

    SimulatedClient(ConnectionContext context, Journal journal) {
        this.context = context;
        this.journal = journal;
    }

    /** Waits; throws when the peer leaves or the simulator stops meanwhile. */
    void pause(Duration duration) {
        if (duration.isZero()) {
            return;
        }
        watch();
        long end = System.nanoTime() + duration.toNanos();
        long left = duration.toNanos();
        while (left > 0) {
            LockSupport.parkNanos(Math.min(left, STEP_NANOS));
            if (gone || journal.stopped()) {
                throw new CloseConnectionException("the peer left");
            }
            left = end - System.nanoTime();
        }
    }

    /** Waits until the peer leaves or the simulator stops. */
    void hang() {
        pause(Duration.ofDays(1));
    }

    /** True when the connection is being read by its watcher, so that it cannot carry another request. */
    boolean spent() {
        return watching;
    }

    /** Closes the socket at once, in the middle of whatever is under way. */
    CloseConnectionException cut() {
        context.serverSocket().close();
        return new CloseConnectionException("cut by the script");
    }

    private void watch() {
        if (watching) {
            return;
        }
        watching = true;
        Thread.ofVirtual().start(() -> {
            try {
                context.dataReader().ensureAvailable();
            } catch (DataReader.InsufficientDataAvailableException | UncheckedIOException e) {
                gone = true;
            } catch (RuntimeException e) {
                // whatever failed, nobody is there to read a response
                gone = true;
            }
        });
    }
}
