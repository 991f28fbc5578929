package io.llmgateway.simulator;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.FixedLimit;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Semaphore;

/** Makes the connection of a request known to its handler, so that it can be broken and watched. Thread-safe. */
record PeerSelector(ServerConnectionSelector http1) implements ServerConnectionSelector {
    /** The connection whose requests the current thread handles. */
    static final ScopedValue<ConnectionContext> CURRENT = ScopedValue.newInstance();

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
        return new Scoped(http1.connection(context), context);
    }

    /** Runs a connection with its context in scope. Confined to one connection. */
    private record Scoped(ServerConnection delegate, ConnectionContext context)
            implements ServerConnection, InterruptableTask<Void> {
        @Override
        public void handle(Limit limit) throws InterruptedException {
            ScopedValue.where(CURRENT, context).call(() -> {
                delegate.handle(limit);
                return true;
            });
        }

        @Override
        @SuppressWarnings("removal") // the interface still asks for it
        public void handle(Semaphore requestSemaphore) throws InterruptedException {
            handle(FixedLimit.create(requestSemaphore));
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
