package io.llmgateway.upstream;

import org.jspecify.annotations.Nullable;

/**
 * Ends whatever exchange a request is in, from any thread: the way to tell a provider at once that nobody waits for its
 * answer any more. One per request, over all its attempts. Thread-safe.
 */
public final class Cancellation {
    private volatile boolean cancelled;
    private volatile @Nullable Killable blocked;

    /** Cancels the exchange under way and every later one. */
    public void cancel() {
        cancelled = true;
        Killable current = blocked;
        if (current != null) {
            current.kill();
        }
    }

    /** True once {@link #cancel} was called. */
    public boolean cancelled() {
        return cancelled;
    }

    void using(@Nullable Killable next) {
        blocked = next;
        if (cancelled && next != null) {
            next.kill();
        }
    }
}
