package io.llmgateway.threads;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * A thread in the background that does one thing again and again, and goes on whatever that throws: each failure is
 * counted, one in a minute is logged, and a moment passes before the next try, so that a loop which always fails does
 * not take a processor. Only what means that the process must end, such as no memory, ends the loop. Thread-safe.
 */
@SuppressWarnings("EnumOrdinal") // indexes an array of this process, never leaves it
public final class Loop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Loop.class.getName());
    private static final long LOG_NANOS = 60_000_000_000L;
    private static final long FIRST_REST_NANOS = 10_000_000L;
    private static final long LONGEST_REST_NANOS = 1_000_000_000L;
    private static final AtomicLongArray ERRORS = new AtomicLongArray(LoopName.values().length);

    private final LoopName name;
    private final Body body;
    private final System.Logger log;
    private final LongSupplier nanoTime;
    private final Thread thread;
    private volatile boolean closed;
    private long restNanos = FIRST_REST_NANOS;
    private boolean logged;
    private long loggedAt;

    /** What a loop does once. */
    @FunctionalInterface
    public interface Step {
        /**
         * Does it, waiting for something to do if need be.
         *
         * @return false when there is nothing left to do for ever
         * @throws InterruptedException when the thread is asked to end; as if the loop was closed
         */
        boolean run() throws InterruptedException;
    }

    /** A step that knows its loop. */
    private interface Body {
        boolean run(Loop loop) throws InterruptedException;
    }

    private Loop(LoopName name, Body body, LongSupplier nanoTime, System.Logger log) {
        this.name = name;
        this.body = body;
        this.nanoTime = nanoTime;
        this.log = log;
        this.thread = Thread.ofPlatform().name(name.label()).daemon().unstarted(this::run);
    }

    /**
     * Starts a loop that ends when its step says so. A step that fails after {@link #close} ends it too.
     *
     * @param name what it is
     * @param step what it does, with the waiting in it
     */
    public static Loop until(LoopName name, Step step) {
        return until(name, step, System::nanoTime, LOG);
    }

    /**
     * Starts a loop that waits and works in turn until it is closed.
     *
     * @param name what it is
     * @param period how long it waits before each time, more than zero; {@link #wake} ends one wait early
     * @param work what it does
     */
    public static Loop every(LoopName name, Duration period, Runnable work) {
        long nanos = period.toNanos();
        return start(name, loop -> loop.waitAndWork(nanos, work), System::nanoTime, LOG);
    }

    static Loop until(LoopName name, Step step, LongSupplier nanoTime, System.Logger log) {
        return start(name, _ -> step.run(), nanoTime, log);
    }

    private static Loop start(LoopName name, Body body, LongSupplier nanoTime, System.Logger log) {
        Loop loop = new Loop(name, body, nanoTime, log);
        loop.thread.start();
        return loop;
    }

    private boolean waitAndWork(long nanos, Runnable work) {
        LockSupport.parkNanos(nanos);
        if (!closed) {
            work.run();
        }
        return !closed;
    }

    /** How often loops of this name have failed since the process began. */
    public static long errors(LoopName name) {
        return ERRORS.get(name.ordinal());
    }

    /** Counts a failure that a step has dealt with itself. */
    public static void failed(LoopName name) {
        ERRORS.incrementAndGet(name.ordinal());
    }

    /** Ends the rest of the thread, if it rests. */
    public void wake() {
        LockSupport.unpark(thread);
    }

    /** True once it was told to end. */
    public boolean closed() {
        return closed;
    }

    /**
     * Waits for its end.
     *
     * @param longest how long, more than zero
     * @return false when it still runs then
     */
    public boolean join(Duration longest) throws InterruptedException {
        return thread.join(longest);
    }

    /** Tells it to end, and does not wait for it. */
    @Override
    public void close() {
        closed = true;
        wake();
    }

    private void run() {
        boolean more = true;
        while (more) {
            try {
                more = body.run(this);
                restNanos = FIRST_REST_NANOS;
            } catch (InterruptedException e) {
                closed = true;
            } catch (Throwable e) {
                more = survives(e);
            }
        }
    }

    private boolean survives(Throwable e) {
        failed(name);
        if (e instanceof VirtualMachineError fatal && !(e instanceof StackOverflowError)) {
            throw fatal;
        }
        long now = nanoTime.getAsLong();
        if (!logged || now - loggedAt >= LOG_NANOS) {
            logged = true;
            loggedAt = now;
            log.log(System.Logger.Level.ERROR, "the background loop '" + name.label() + "' failed and goes on", e);
        }
        if (!closed) {
            LockSupport.parkNanos(restNanos);
            restNanos = Math.min(2 * restNanos, LONGEST_REST_NANOS);
        }
        return !closed;
    }
}
