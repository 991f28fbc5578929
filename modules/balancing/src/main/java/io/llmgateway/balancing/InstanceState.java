package io.llmgateway.balancing;

import io.llmgateway.model.ErrorKind;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What was learned about an instance, but for its health; outlives a change of the settings. Thread-safe. */
final class InstanceState {
    private final AtomicInteger inFlight = new AtomicInteger();
    private final LongAdder succeeded = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final Latency latency = new Latency();
    private volatile @Nullable ErrorKind lastFailure;
    private volatile long probedAt;
    private volatile boolean drained;

    Latency latency() {
        return latency;
    }

    /** When it was last probed, in nanoseconds; 0 when never. */
    long probedAt() {
        return probedAt;
    }

    void probed(long now) {
        probedAt = now;
    }

    /** True while an operator keeps new requests away from it. */
    boolean drained() {
        return drained;
    }

    void drained(boolean away) {
        drained = away;
    }

    boolean acquire(int max) {
        int now = inFlight.get();
        while (now < max) {
            int seen = inFlight.compareAndExchange(now, now + 1);
            if (seen == now) {
                return true;
            }
            now = seen;
        }
        return false;
    }

    /** An attempt has ended. */
    void release() {
        inFlight.decrementAndGet();
    }

    void recordSuccess() {
        succeeded.increment();
    }

    /** The response that was counted as a success failed later. */
    void takeBackSuccess() {
        succeeded.decrement();
    }

    void recordFailure(ErrorKind kind) {
        failed.increment();
        lastFailure = kind;
    }

    int inFlight() {
        return inFlight.get();
    }

    long succeeded() {
        return succeeded.sum();
    }

    long failed() {
        return failed.sum();
    }

    Optional<ErrorKind> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }
}
