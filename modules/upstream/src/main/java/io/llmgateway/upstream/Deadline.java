package io.llmgateway.upstream;

import io.llmgateway.model.ErrorKind;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The one deadline of a connection: written by the thread that uses the connection, ended by the transport's clock
 * thread, which closes the socket when it has passed. Both compare and set one value, so that exactly one of them wins:
 * a deadline that has passed stays passed, and one that was disarmed in time never passes. A connection whose deadline
 * has passed carries no other exchange. Thread-safe.
 */
final class Deadline {
    static final long NEVER = Long.MAX_VALUE;
    private static final long PASSED = Long.MIN_VALUE;

    private final AtomicLong at = new AtomicLong(NEVER);
    private volatile ErrorKind kind = ErrorKind.TIMEOUT_TOTAL;
    private long total = NEVER;

    /** Begins an exchange with its last moment. */
    void begin(long totalDeadline) {
        total = totalDeadline;
    }

    /** Arms the earlier of this moment and the exchange's last one. */
    void arm(ErrorKind phase, long nanoTime) {
        boolean phaseFirst = total == NEVER || nanoTime - total < 0;
        set(phaseFirst ? phase : ErrorKind.TIMEOUT_TOTAL, phaseFirst ? nanoTime : total);
    }

    /** Arms the exchange's last moment alone. */
    void armTotal() {
        set(ErrorKind.TIMEOUT_TOTAL, total);
    }

    private void set(ErrorKind phase, long moment) {
        if (kind != phase) {
            // the clock must not find the old moment with the new kind
            if (!disarm()) {
                return;
            }
            kind = phase;
        }
        swap(valid(moment));
    }

    /** Takes the deadline away; false when it has passed before. */
    boolean disarm() {
        return swap(NEVER);
    }

    private boolean swap(long moment) {
        long before = at.get();
        // only the clock changes it meanwhile, and only to PASSED
        return before != PASSED && at.compareAndSet(before, moment);
    }

    private static long valid(long moment) {
        return moment == PASSED ? PASSED + 1 : moment;
    }

    /** True when the moment has passed now; says so once. */
    boolean check(long now) {
        long moment = at.get();
        return moment != NEVER && moment != PASSED && now - moment >= 0 && at.compareAndSet(moment, PASSED);
    }

    /** True once the moment has passed. */
    boolean passed() {
        return at.get() == PASSED;
    }

    ErrorKind kind() {
        return kind;
    }
}
