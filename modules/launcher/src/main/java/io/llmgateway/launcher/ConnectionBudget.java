package io.llmgateway.launcher;

import io.llmgateway.server.AdminListener;
import java.io.IOException;
import java.util.Optional;

/**
 * How many client connections the process can really hold: what is configured, unless its file descriptors or its heap
 * give out before. Immutable.
 *
 * @param setting {@code server.max-connections}
 * @param descriptors open files the process may have at once ({@code ulimit -n}); {@link Long#MAX_VALUE} when unknown
 * @param upstream most connections to all instances of all providers together
 * @param heapBytes what the heap may grow to
 * @param bytesPerConnection what one client connection holds while it waits: {@link #PLAIN_BYTES} or {@link #TLS_BYTES}
 */
record ConnectionBudget(int setting, long descriptors, long upstream, long heapBytes, int bytesPerConnection) {
    /** Kept for the log, the database, lookups, and connections that are being opened. */
    static final int RESERVE = 128;

    /** With room for fewer client connections than this, and than the setting, a gateway does not start. */
    static final int LEAST_CONNECTIONS = 32;

    /** Of a connection without TLS. */
    static final int PLAIN_BYTES = 24 * 1024;

    /** Of a connection with TLS. */
    static final int TLS_BYTES = 48 * 1024;

    /** The share of the heap that connections may hold: one part of so many. */
    static final int PART_OF_HEAP = 2;

    private static final int PART_FOR_OPERATORS = 32;
    private static final int LEAST_OPERATORS = 16;

    /** Of a connection whose request is coming in: its buffers, its thread, what was read ahead. */
    private static final int BUSY_BYTES = 28 * 1024;

    private static final int TENTHS_OF_HEAP = 5;

    /** Of that share, what the process needs for itself. */
    private static final long HEAP_RESERVE = 16 << 20;

    /** What decides the number. */
    enum Bound {
        SETTING,
        DESCRIPTORS,
        HEAP
    }

    ConnectionBudget {
        if (setting < 1 || upstream < 0 || bytesPerConnection < 1) {
            throw new IllegalArgumentException("setting and bytes must be >= 1, upstream >= 0, were " + setting + ", "
                    + bytesPerConnection + ", " + upstream);
        }
    }

    /** Client connections to allow, 1 or more and never more than configured. */
    int connections() {
        return Math.clamp(Math.min(byDescriptors(), byHeap()), 1, setting);
    }

    /** Connections to providers to allow beside those of clients, 1 or more. */
    int toProviders() {
        return Math.clamp(descriptors - RESERVE - operators() - connections(), 1, Integer.MAX_VALUE);
    }

    /** Connections of operators to allow: few when there are few descriptors, so that they cannot take them all. */
    int operators() {
        return Math.clamp(descriptors / PART_FOR_OPERATORS, LEAST_OPERATORS, AdminListener.MOST_CONNECTIONS);
    }

    /** What so many connections hold while requests come in on all of them, in bytes, besides the requests. */
    static long busyBytes(int connections) {
        return (long) connections * BUSY_BYTES;
    }

    /** What connections and requests may hold of the heap together, in bytes. */
    static long ceiling() {
        return Runtime.getRuntime().maxMemory() / 10 * TENTHS_OF_HEAP;
    }

    /** What decides {@link #connections}. */
    Bound bound() {
        if (Math.min(byDescriptors(), byHeap()) >= setting) {
            return Bound.SETTING;
        }
        return byDescriptors() <= byHeap() ? Bound.DESCRIPTORS : Bound.HEAP;
    }

    /**
     * What is left beside all upstream connections, but at least a half: a client's connection needs at most one to a
     * provider at a time, so that pools which may grow larger than that will not.
     */
    private long byDescriptors() {
        long free = Math.max(0, descriptors - RESERVE - operators());
        return Math.max(free - Math.min(upstream, free), free / 2);
    }

    private long byHeap() {
        return Math.max(0, heapBytes / PART_OF_HEAP - HEAP_RESERVE) / bytesPerConnection;
    }

    /** Open files with which the setting holds; never more than the largest number. */
    long neededDescriptors() {
        return (long) setting + Math.min(upstream, setting) + RESERVE + AdminListener.MOST_CONNECTIONS;
    }

    /** One line about what was compared. */
    String summary() {
        return connections() + " client connections at once (server.max-connections " + setting + "), up to " + upstream
                + " to providers, " + (descriptors == Long.MAX_VALUE ? "no known limit of" : descriptors)
                + " open files (ulimit -n)";
    }

    /**
     * Refuses to start with so few open files that hardly anybody could connect.
     *
     * @throws IOException with what is wrong and the way to mend it
     */
    void check() throws IOException {
        if (bound() == Bound.DESCRIPTORS && connections() < Math.min(setting, LEAST_CONNECTIONS)) {
            throw new IOException("too few open files: " + problem().orElseThrow());
        }
    }

    /** Says in one line what was compared, or what is wrong. A small heap is no fault: it takes fewer connections. */
    void log(System.Logger log) {
        System.Logger.Level level =
                bound() == Bound.DESCRIPTORS ? System.Logger.Level.WARNING : System.Logger.Level.INFO;
        log.log(level, problem().orElseGet(this::summary));
    }

    /** What is wrong, with the way to mend it, in one line; empty when the setting holds. */
    Optional<String> problem() {
        return switch (bound()) {
            case SETTING -> Optional.empty();
            case DESCRIPTORS ->
                Optional.of("server.max-connections is " + setting + ", but the limit of " + descriptors
                        + " open files allows " + connections() + " client connections beside up to " + upstream
                        + " to providers: raise it to " + neededDescriptors() + " or more (ulimit -n; LimitNOFILE"
                        + " for systemd; --ulimit nofile for a container), or lower server.max-connections");
            case HEAP ->
                Optional.of("server.max-connections is " + setting + ", but the heap of " + heapBytes / (1024 * 1024)
                        + " MiB allows " + connections() + " client connections: give the process more memory, or"
                        + " lower server.max-connections");
        };
    }
}
