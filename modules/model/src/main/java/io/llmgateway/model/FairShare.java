package io.llmgateway.model;

/**
 * Lets others run. A virtual thread is not preempted: one that always finds bytes to read and room to write would hold
 * its carrier, and hundreds of such threads would keep a small request waiting for seconds. Confined to one thread.
 */
public final class FairShare {
    /** After so many bytes the thread lets others run, which takes it some tens of microseconds. */
    static final int TURN_BYTES = 32 * 1024;

    private int bytes;

    /** So many bytes more were handled by the calling thread. */
    public void handled(int count) {
        bytes += count;
        if (bytes >= TURN_BYTES) {
            bytes = 0;
            giveWay();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // a virtual thread must let others run by itself
    private static void giveWay() {
        Thread.yield();
    }
}
