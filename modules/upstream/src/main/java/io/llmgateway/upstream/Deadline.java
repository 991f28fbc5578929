package io.llmgateway.upstream;

import io.llmgateway.model.ErrorKind;

/**
 * The one deadline of a connection: written by the thread that uses the connection, read by the transport's clock
 * thread, which closes the socket when it has passed. Thread-safe.
 */
final class Deadline {
    static final long NEVER = Long.MAX_VALUE;

    private volatile ErrorKind kind = ErrorKind.TIMEOUT_TOTAL;
    private volatile long at = NEVER;
    private volatile boolean passed;
    private long total = NEVER;

    /** Begins an exchange with its last moment. */
    void begin(long totalDeadline) {
        passed = false;
        total = totalDeadline;
    }

    /** Arms the earlier of this moment and the exchange's last one. */
    void arm(ErrorKind phase, long nanoTime) {
        boolean phaseFirst = total == NEVER || nanoTime - total < 0;
        kind = phaseFirst ? phase : ErrorKind.TIMEOUT_TOTAL;
        at = phaseFirst ? nanoTime : total;
    }

    void disarm() {
        at = NEVER;
    }

    /** True when the moment has passed; remembers it, so that the failing read knows why. */
    boolean check(long now) {
        long moment = at;
        if (moment == NEVER || now - moment < 0) {
            return false;
        }
        passed = true;
        at = NEVER;
        return true;
    }

    boolean passed() {
        return passed;
    }

    ErrorKind kind() {
        return kind;
    }
}
