package io.llmgateway.upstream;

import java.util.concurrent.atomic.LongAdder;

/**
 * What the transport counts over all pools. Thread-safe.
 *
 * @param discarded connections that were closed for bytes nobody had asked for
 * @param exhausted connections that could not be opened since the process had no file descriptor left
 */
record TransportCounters(LongAdder discarded, LongAdder exhausted) {
    TransportCounters() {
        this(new LongAdder(), new LongAdder());
    }
}
