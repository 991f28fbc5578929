package io.llmgateway.wire;

import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.GatewayFault;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * How much one request may be worked on. Virtual threads are not preempted: whoever works in a loop counts its steps
 * here, and every {@value #STEPS_BETWEEN_CHECKS} steps the thread looks at the deadline, at whether anybody still
 * waits, and lets others run when it has run for {@value #SLICE_MILLIS} ms. A step is about what a JSON token or
 * {@value #BYTES_PER_STEP} bytes of text take, far below a microsecond to a few. Confined to one request.
 */
public final class WorkBudget {
    /** Most steps of one request unless said otherwise; {@link Json#MAX_TOKENS} tokens need a fifth of them. */
    public static final long DEFAULT_MAX_STEPS = 50_000_000;

    private static final int STEPS_BETWEEN_CHECKS = 1_024;
    private static final int SLICE_MILLIS = 5;
    private static final int BYTES_PER_STEP = 256;
    private static final long SLICE_NANOS = SLICE_MILLIS * 1_000_000L;
    private static final long NO_DEADLINE = Long.MAX_VALUE;

    private final long maxSteps;
    private final LongSupplier nanoTime;
    private final long deadline;
    private final BooleanSupplier cancelled;
    private long steps;
    private long nextCheck = STEPS_BETWEEN_CHECKS;
    private long runningSince;
    private long checks;

    /**
     * Makes a budget with a deadline.
     *
     * @param maxSteps more steps than this are refused as a request that is too complex
     * @param nanoTime monotonic time in nanoseconds
     * @param deadlineNanos when the request's time is over, on the same clock
     * @param cancelled true as soon as nobody waits for the request any more
     */
    public WorkBudget(long maxSteps, LongSupplier nanoTime, long deadlineNanos, BooleanSupplier cancelled) {
        this.maxSteps = maxSteps;
        this.nanoTime = nanoTime;
        this.deadline = deadlineNanos;
        this.cancelled = cancelled;
        this.runningSince = nanoTime.getAsLong();
    }

    /** A budget without a deadline that nobody cancels, for one request; long work still lets others run. */
    public static WorkBudget withoutDeadline() {
        return new WorkBudget(DEFAULT_MAX_STEPS, System::nanoTime, NO_DEADLINE, () -> false);
    }

    /** The same deadline for a response, whose size is not the caller's fault: its steps are not bounded in sum. */
    public WorkBudget forAnswer() {
        return new WorkBudget(Long.MAX_VALUE, nanoTime, deadline, cancelled);
    }

    /**
     * Counts steps.
     *
     * @throws GatewayException when there were too many, when the time is over, or when nobody waits any more
     */
    public void step(long count) {
        steps += count;
        if (steps >= nextCheck) {
            check();
        }
    }

    /** Counts the steps that so many bytes or characters take. */
    public void bytes(long count) {
        step(1 + count / BYTES_PER_STEP);
    }

    /** Steps counted so far. */
    public long steps() {
        return steps;
    }

    /** How often time and cancellation were looked at. */
    public long checks() {
        return checks;
    }

    private void check() {
        checks++;
        nextCheck = steps + STEPS_BETWEEN_CHECKS;
        if (steps > maxSteps) {
            throw new GatewayException(new CallerFault.MalformedRequest(
                    "the request is too complex to convert: more than " + maxSteps + " elements"));
        }
        if (cancelled.getAsBoolean()) {
            throw new GatewayException(new CallerFault.ClientGone());
        }
        long now = nanoTime.getAsLong();
        if (deadline != NO_DEADLINE && now - deadline >= 0) {
            throw new GatewayException(
                    new GatewayFault.OutOfTime("the request's time was over while it was converted"));
        }
        if (now - runningSince >= SLICE_NANOS) {
            // a yield would leave it before all that other threads have handed in to its carrier
            LockSupport.parkNanos(1);
            runningSince = nanoTime.getAsLong();
        }
    }
}
