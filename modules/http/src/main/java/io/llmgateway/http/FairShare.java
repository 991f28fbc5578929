package io.llmgateway.http;

import java.util.concurrent.locks.LockSupport;

/**
 * Lets others run. A virtual thread is not preempted: one that always finds bytes to read and room to write would hold
 * its carrier, and hundreds of such threads would keep a small request waiting for seconds. Confined to one thread.
 */
final class FairShare {
    /** After so many bytes the thread lets those run that wait for its carrier. */
    static final int TURN_BYTES = 64 * 1024;

    /** In every so many turns it lets those run, too, that other threads have handed in: timers, pollers, listeners. */
    static final int TURNS = 4;

    private int bytes;
    private int turns;

    /** So many bytes more were handled by the calling thread; less than 0 for none. */
    void handled(int count) {
        bytes += count;
        if (bytes >= TURN_BYTES) {
            bytes = 0;
            giveWay();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // a virtual thread must let others run by itself
    private void giveWay() {
        turns++;
        if (turns % TURNS == 0) {
            // parked, it comes back from outside; a yield would leave it before all that comes from there
            LockSupport.parkNanos(1);
        } else {
            Thread.yield();
        }
    }
}
