package io.llmgateway.server;

import io.llmgateway.model.Doze;
import io.llmgateway.model.Loop;
import io.llmgateway.model.LoopName;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * One thread that ends connections whose armed deadline has passed, and has clients watched that wait for long.
 * Arming is one volatile write on the connection, so that the price of a deadline does not grow with the traffic. A
 * deadline is kept to within {@link #TICK_NANOS}. Thread-safe.
 */
final class ConnectionWatchdog implements AutoCloseable {
    /** How often deadlines are looked at, in nanoseconds. */
    static final long TICK_NANOS = 100_000_000L;

    private static final long QUIET_NANOS = 1_000_000_000L;

    private final Set<GuardedConnection> connections = ConcurrentHashMap.newKeySet();
    private final Set<GuardedConnection> closing = ConcurrentHashMap.newKeySet();
    private final Doze doze = new Doze(TICK_NANOS, QUIET_NANOS);
    private final LongSupplier nanoTime;
    private final Loop loop;
    private boolean busy;
    private volatile boolean running = true;

    ConnectionWatchdog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.loop = Loop.until(LoopName.CONNECTION_WATCHDOG, this::look);
    }

    void add(GuardedConnection connection) {
        connections.add(connection);
    }

    /**
     * No request comes any more. The closing is looked after as well, until the connection's thread has ended: the last
     * message of TLS can wait for a client that does not read.
     */
    void closing(GuardedConnection connection) {
        closing.add(connection);
        connections.remove(connection);
    }

    /** Ends every request that runs, because the gateway stops. */
    void stopRequests() {
        connections.forEach(GuardedConnection::stop);
    }

    /** How many connections are open. */
    int open() {
        return connections.size();
    }

    @Override
    public void close() {
        running = false;
        loop.close();
    }

    /** What ends the rest of this thread when a connection has a deadline. */
    Doze doze() {
        return doze;
    }

    private boolean quiet() {
        for (GuardedConnection connection : connections) {
            if (!connection.quiet()) {
                return false;
            }
        }
        return closing.isEmpty();
    }

    private boolean look() {
        doze.rest(!busy, this::quiet);
        busy = false;
        long now = nanoTime.getAsLong();
        for (GuardedConnection connection : connections) {
            busy |= !connection.quiet();
            connection.expireIfDue(now);
            if (connection.watchIsDue(now)) {
                Thread.ofVirtual().name("client-watch").start(connection::watch);
            }
            if (connection.keepAliveIsDue(now)) {
                Thread.ofVirtual().name("client-keep-alive").start(connection::keepAlive);
            }
        }
        for (GuardedConnection connection : closing) {
            busy = true;
            connection.expireIfDue(now);
        }
        closing.removeIf(GuardedConnection::left);
        return running;
    }
}
