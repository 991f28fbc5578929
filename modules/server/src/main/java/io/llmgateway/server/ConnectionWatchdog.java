package io.llmgateway.server;

import io.llmgateway.model.Doze;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * One thread that closes connections whose armed deadline has passed, and has clients watched that wait for long.
 * Arming is one volatile write on the connection, so that the price of a deadline does not grow with the traffic. A
 * deadline is kept to within {@link #TICK_NANOS}. Thread-safe.
 */
final class ConnectionWatchdog implements AutoCloseable {
    /** How often deadlines are looked at, in nanoseconds. */
    static final long TICK_NANOS = 100_000_000L;

    private static final long QUIET_NANOS = 1_000_000_000L;

    private final Set<GuardedConnection> connections = ConcurrentHashMap.newKeySet();
    private final Doze doze = new Doze(TICK_NANOS, QUIET_NANOS);
    private final LongSupplier nanoTime;
    private final Thread thread;
    private volatile boolean running = true;

    ConnectionWatchdog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.thread = Thread.ofPlatform().name("connection-watchdog").daemon().start(this::run);
    }

    void add(GuardedConnection connection) {
        connections.add(connection);
    }

    void remove(GuardedConnection connection) {
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
        LockSupport.unpark(thread);
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
        return true;
    }

    private void run() {
        boolean busy = false;
        while (running) {
            doze.rest(!busy, this::quiet);
            busy = false;
            long now = nanoTime.getAsLong();
            for (GuardedConnection connection : connections) {
                busy |= !connection.quiet();
                long deadline = connection.deadline();
                if (deadline != GuardedConnection.NEVER && now - deadline > 0) {
                    connection.expire();
                }
                if (connection.watchIsDue(now)) {
                    Thread.ofVirtual().name("client-watch").start(connection::watch);
                }
            }
        }
    }
}
