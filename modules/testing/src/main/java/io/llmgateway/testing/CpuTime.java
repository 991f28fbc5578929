package io.llmgateway.testing;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** The processor's time, which a busy machine does not make longer as it does the wall clock's. Thread-safe. */
public final class CpuTime {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private CpuTime() {}

    /** What the calling platform thread has used until now, in nanoseconds. */
    public static long ofThisThread() {
        return THREADS.getCurrentThreadCpuTime();
    }
}
