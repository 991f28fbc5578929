package io.llmgateway.server;

import java.util.LinkedHashSet;

/**
 * The TLS handshakes of one listener that are under way. Each holds about 14 KiB that its client has not proved to be
 * worth: when there are too many, the oldest one is ended. Honest ones take a few round trips, so that it is never one
 * of them unless thousands begin within those. Thread-safe.
 */
final class Handshakes {
    private final int most;
    private final LinkedHashSet<ClientSocket> underWay = new LinkedHashSet<>();

    /**
     * Bounds them.
     *
     * @param most how many may be under way at once, at least 1
     */
    Handshakes(int most) {
        this.most = Math.max(1, most);
    }

    /** One begins on this connection; the oldest one is closed if it is one too many. */
    void begin(ClientSocket connection) {
        ClientSocket oldest = null;
        synchronized (this) {
            underWay.add(connection);
            if (underWay.size() > most) {
                oldest = underWay.removeFirst();
            }
        }
        if (oldest != null) {
            oldest.close();
        }
    }

    /** One is over, well or not. */
    synchronized void end(ClientSocket connection) {
        underWay.remove(connection);
    }

    /** How many are under way. */
    synchronized int underWay() {
        return underWay.size();
    }
}
