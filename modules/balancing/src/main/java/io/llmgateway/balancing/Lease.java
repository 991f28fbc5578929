package io.llmgateway.balancing;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.ProviderSettings;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One attempt at an instance: in flight until it is closed. Say what became of it once, before closing; an attempt that
 * says nothing was abandoned, which counts neither for nor against the instance. Thread-safe, since a watchdog may
 * close it.
 */
public final class Lease implements AutoCloseable {
    private final ProviderSettings provider;
    private final Instance instance;
    private final AtomicBoolean reported = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    Lease(ProviderSettings provider, Instance instance) {
        this.provider = provider;
        this.instance = instance;
    }

    /** The provider the instance belongs to. */
    public ProviderSettings provider() {
        return provider;
    }

    /** The instance to use. */
    public InstanceSettings instance() {
        return instance.settings();
    }

    /** The instance did its work. Only the first report counts. */
    public void succeeded() {
        if (reported.compareAndSet(false, true)) {
            instance.state().recordSuccess();
        }
    }

    /** The instance, or the way to it, failed. Only the first report counts. */
    public void failed(ErrorKind kind) {
        if (reported.compareAndSet(false, true)) {
            instance.state().recordFailure(kind);
        }
    }

    /** Ends the attempt; a second call does nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            instance.state().release();
        }
    }
}
