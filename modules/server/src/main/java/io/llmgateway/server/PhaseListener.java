package io.llmgateway.server;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Arms the deadlines of a request's head: from its first line on the rest of the head must follow in time. */
final class PhaseListener implements Http1ConnectionListener {
    private final long headerNanos;
    private final LongSupplier nanoTime;

    PhaseListener(Duration headerTimeout, LongSupplier nanoTime) {
        this.headerNanos = headerTimeout.toNanos();
        this.nanoTime = nanoTime;
    }

    @Override
    public void prologue(ConnectionContext context, HttpPrologue prologue) {
        if (context instanceof GuardedConnection guarded) {
            guarded.requestBegins();
            guarded.arm(nanoTime.getAsLong() + headerNanos);
        }
    }

    @Override
    public void headers(ConnectionContext context, Headers headers) {
        if (context instanceof GuardedConnection guarded && !guarded.disarm()) {
            throw new CloseConnectionException("the head came too late");
        }
    }

    @Override
    public void data(ConnectionContext context, byte[] data, int position, int length) {
        // only the phases matter
    }

    @Override
    public void data(ConnectionContext context, BufferData data) {
        // only the phases matter
    }
}
