package io.llmgateway.upstream;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections all pools together may have open, so that the process never runs out of file descriptors, which
 * would end its listeners. Thread-safe.
 */
final class ConnectionRoom {
    private final int most;
    private final Runnable reclaim;
    private final AtomicInteger open = new AtomicInteger();

    /**
     * Bounds them.
     *
     * @param most how many, 1 or more
     * @param reclaim closes what is open and idle, when there is no room
     */
    ConnectionRoom(int most, Runnable reclaim) {
        this.most = Math.max(1, most);
        this.reclaim = reclaim;
    }

    /** Takes room for one connection; false when there is none, not even after the idle ones were closed. */
    boolean take() {
        if (taken()) {
            return true;
        }
        reclaim.run();
        return taken();
    }

    private boolean taken() {
        if (open.incrementAndGet() <= most) {
            return true;
        }
        open.decrementAndGet();
        return false;
    }

    /** Gives the room of one connection back. */
    void give() {
        open.decrementAndGet();
    }

    /** How many are open. */
    int open() {
        return open.get();
    }
}
