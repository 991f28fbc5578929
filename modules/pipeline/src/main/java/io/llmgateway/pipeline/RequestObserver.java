package io.llmgateway.pipeline;

import io.llmgateway.model.RequestEvent;
import io.llmgateway.model.TraceContext;
import org.jspecify.annotations.Nullable;

/** Learns of every request, for logs and traces. Nothing here may wait. Thread-safe. */
public interface RequestObserver {
    /** Nobody looks. */
    RequestObserver NONE = new RequestObserver() {
        @Override
        public boolean watching() {
            return false;
        }

        @Override
        public @Nullable TraceContext span(@Nullable TraceContext parent) {
            return null;
        }

        @Override
        public int bodyLimit() {
            return 0;
        }

        @Override
        public void finished(RequestEvent event) {
            // nobody looks
        }
    };

    /** False when {@link #finished} would do nothing. */
    boolean watching();

    /**
     * The request's own span; null when spans are not exported, then the client's context is passed on as it came.
     *
     * @param parent the client's span; null when it sent none
     */
    @Nullable
    TraceContext span(@Nullable TraceContext parent);

    /** How many bytes of a body are kept for keys that want their bodies logged. */
    int bodyLimit();

    /** A request came to its end. */
    void finished(RequestEvent event);
}
