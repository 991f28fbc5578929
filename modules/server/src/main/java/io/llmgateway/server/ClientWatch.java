package io.llmgateway.server;

import io.llmgateway.pipeline.Interruption;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the client of a request that takes long: notices that it has left, and keeps it alive while it waits for
 * the first content. Set by the connection's thread, looked at by the watchdog, which starts threads for what waits.
 */
final class ClientWatch {
    /**
     * A request that is answered sooner is not worth a watcher, in nanoseconds. With the watchdog's tick it is soon
     * enough to notice within a second that a client has left, and late enough that requests which wait a moment for a
     * place or for a processor cost no watcher.
     */
    private static final long WATCH_AFTER_NANOS = 500_000_000L;

    private final ClientWire wire;
    private final long keepAliveNanos;
    private volatile @Nullable Interruption interruption;
    private volatile long watchFrom = InterruptDeadline.NEVER;
    private volatile long keepAliveAt = InterruptDeadline.NEVER;

    ClientWatch(ClientWire wire) {
        this.wire = wire;
        this.keepAliveNanos = wire.limits().keepAlive().toNanos();
    }

    /** Says how to end the request that begins to run; null when it has come to its end. */
    void on(@Nullable Interruption next, long now) {
        interruption = next;
        watchFrom = next == null ? InterruptDeadline.NEVER : now + WATCH_AFTER_NANOS;
        keepAliveAt = next == null || keepAliveNanos == 0 ? InterruptDeadline.NEVER : now + keepAliveNanos;
    }

    /** Starts what is due; called by the watchdog. */
    void look(long now) {
        long from = watchFrom;
        if (from != InterruptDeadline.NEVER && now - from >= 0) {
            watchFrom = InterruptDeadline.NEVER;
            Thread.ofVirtual().name("client-watch").start(this::awaitEnd);
        }
        long at = keepAliveAt;
        if (at != InterruptDeadline.NEVER && now - at >= 0) {
            keepAliveAt = now + keepAliveNanos;
            Thread.ofVirtual().name("client-keep-alive").start(this::keepAlive);
        }
    }

    /** True when nothing becomes due. */
    boolean quiet() {
        return watchFrom == InterruptDeadline.NEVER;
    }

    private void keepAlive() {
        Interruption running = interruption;
        if (running != null) {
            running.keepAlive();
        }
    }

    /** A byte belongs to the next request and ends the watch; the end means that nobody waits for the answer. */
    private void awaitEnd() {
        boolean there;
        try {
            there = interruption == null || wire.awaitEnd();
        } catch (IOException e) {
            // closed, reset or cut inside TLS: in every case nobody is there any more
            there = false;
        }
        Interruption running = interruption;
        if (!there && running != null) {
            running.clientGone();
        }
    }

    /** Ends the request that runs, if one does, because the gateway stops. */
    void stop() {
        Interruption running = interruption;
        if (running != null) {
            running.stopping();
        }
    }
}
