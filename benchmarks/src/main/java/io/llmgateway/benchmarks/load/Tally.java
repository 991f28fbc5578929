package io.llmgateway.benchmarks.load;

/** What one run of the load generator saw. Written by the generator's thread, read when it has ended. */
final class Tally {
    /** Complete answers with status 200. */
    long good;
    /** Answers with 429 or 503. */
    long shed;
    /** Answers with another status. */
    long bad;
    /** Connections that broke in the middle of an answer. */
    long broken;
    /** Requests of an open loop that found no connection in time. */
    long unsent;
    /** Bytes of bodies of all answers. */
    long bodyBytes;
    /** Events of streams. */
    long events;
    /** Reads that brought parts of a body. */
    long reads;
    /** How long the run took in nanoseconds. */
    long nanos;
    /** From the intended sending to the end of the answer. */
    final LatencyHistogram latency = new LatencyHistogram();
    /** From the intended sending to the first bytes of the body. */
    final LatencyHistogram first = new LatencyHistogram();
    /** From the upstream's writing of an event to its arrival. */
    final LatencyHistogram delay = new LatencyHistogram();

    void clear() {
        good = 0;
        shed = 0;
        bad = 0;
        broken = 0;
        unsent = 0;
        bodyBytes = 0;
        events = 0;
        reads = 0;
        latency.clear();
        first.clear();
        delay.clear();
    }

    /** Good answers in a second. */
    double perSecond() {
        return good * 1e9 / Math.max(1, nanos);
    }

    /** Stops the measurement when something went wrong: what fails fast looks quick. */
    Tally mustBeClean(String what) {
        if (bad > 0 || broken > 0 || shed > 0 || (good == 0 && events == 0)) {
            throw new IllegalStateException(what + ": " + good + " good answers, " + shed + " shed, " + bad
                    + " of other status, " + broken + " broken off; measures nothing");
        }
        return this;
    }
}
