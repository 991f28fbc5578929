package io.llmgateway.upstream;

import java.util.concurrent.atomic.LongAdder;

/**
 * What the transport counts and bounds over all pools. Thread-safe.
 *
 * @param discarded connections that were closed for bytes nobody had asked for
 * @param exhausted connections that could not be opened since the process had no file descriptor left for one
 * @param room bounds how many are open
 */
record TransportCounters(LongAdder discarded, LongAdder exhausted, ConnectionRoom room) {
    /** Counts from zero. */
    TransportCounters(ConnectionRoom room) {
        this(new LongAdder(), new LongAdder(), room);
    }
}
