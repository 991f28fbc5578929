package io.llmgateway.balancing;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;

/** The right to one exchange with one instance, given back by {@link #close}. Confined to one attempt. */
public final class Lease implements AutoCloseable {
    private final InstanceState state;
    private boolean closed;

    Lease(InstanceState state) {
        this.state = state;
    }

    /** Which instance it is. */
    public InstanceName instance() {
        return state.name();
    }

    /** The exchange was good. */
    public void succeeded() {
        // nothing is learnt from success yet but that the place comes back
    }

    /** The exchange failed and the instance is to blame. */
    public void failed(ErrorKind kind) {
        state.failed(kind);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            state.leave();
        }
    }
}
