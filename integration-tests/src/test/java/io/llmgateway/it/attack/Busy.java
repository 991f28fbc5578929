package io.llmgateway.it.attack;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a thread that wants to run now and then was kept from it: tells a machine with too much to do from a gateway
 * that does not answer.
 */
final class Busy {
    private static final long EVERY = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int KEPT = 1_024;
    private static final long[] AT = new long[KEPT];
    private static final long[] LATE = new long[KEPT];
    private static int next;

    static {
        Thread.ofPlatform().daemon().name("busy-probe").start(Busy::probe);
    }

    private Busy() {}

    private static void probe() {
        while (true) {
            long begun = System.nanoTime();
            LockSupport.parkNanos(EVERY);
            long now = System.nanoTime();
            note(now, Math.max(0, now - begun - EVERY));
        }
    }

    private static synchronized void note(long at, long late) {
        AT[next % KEPT] = at;
        LATE[next % KEPT] = late;
        next++;
    }

    /** Ten times the longest that the probe was kept waiting since this moment, in nanoseconds. */
    static synchronized long worst(long since) {
        long worst = 0;
        for (int i = 0; i < Math.min(next, KEPT); i++) {
            if (AT[i] - since >= 0) {
                worst = Math.max(worst, LATE[i]);
            }
        }
        return 10 * worst;
    }
}
