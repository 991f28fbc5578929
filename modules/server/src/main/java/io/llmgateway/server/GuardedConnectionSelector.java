package io.llmgateway.server;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * Puts a {@link GuardedConnection} under every HTTP/1.1 connection and makes it known to the handler as a scoped value.
 * Thread-safe.
 */
final class GuardedConnectionSelector implements ServerConnectionSelector {
    private final ServerConnectionSelector http1;
    private final ConnectionWatchdog watchdog;
    private final ListenerLimits limits;
    private final LongSupplier nanoTime;

    GuardedConnectionSelector(
            ServerConnectionSelector http1, ConnectionWatchdog watchdog, ListenerLimits limits, LongSupplier nanoTime) {
        this.http1 = http1;
        this.watchdog = watchdog;
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    @Override
    public int bytesToIdentifyConnection() {
        return http1.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http1.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http1.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        GuardedConnection guarded = new GuardedConnection(
                context, limits.maxRawBytes(), limits.keepAlive().toNanos(), watchdog.doze());
        return new Scoped(http1.connection(guarded), guarded, this);
    }

    /** Runs a connection with its guard in scope. Confined to one connection, but for close and idle time. */
    private record Scoped(ServerConnection delegate, GuardedConnection guarded, GuardedConnectionSelector selector)
            implements ServerConnection, InterruptableTask<Void> {
        @Override
        public void handle(Limit limit) throws InterruptedException {
            // Helidon gives each connection a thread of its own, so that an interrupt never meets another connection
            guarded.ownedBy(Thread.currentThread());
            guarded.idleUntil(selector.nanoTime.getAsLong()
                    + selector.limits.idleTimeout().toNanos());
            selector.watchdog.add(guarded);
            try {
                ScopedValue.where(GuardedConnection.CURRENT, guarded).call(() -> {
                    delegate.handle(limit);
                    return true;
                });
            } finally {
                if (guarded.disarm()) {
                    guarded.arm(selector.nanoTime.getAsLong()
                            + selector.limits.writeTimeout().toNanos());
                } else {
                    // whatever closing still wants to write must not wait
                    Thread.currentThread().interrupt();
                }
                selector.watchdog.closing(guarded);
            }
        }

        @Override
        @SuppressWarnings("removal") // the interface still asks for it
        public void handle(Semaphore requestSemaphore) throws InterruptedException {
            handle(io.helidon.common.concurrency.limits.FixedLimit.create(requestSemaphore));
        }

        @Override
        public Duration idleTime() {
            return delegate.idleTime();
        }

        @Override
        public void close(boolean interrupt) {
            delegate.close(interrupt);
        }

        @Override
        public boolean canInterrupt() {
            return delegate instanceof InterruptableTask<?> task && task.canInterrupt();
        }
    }
}
