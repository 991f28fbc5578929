package io.llmgateway.simulator;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What the simulator remembers: requests, responses, tokens, and what was scripted for the next ones. Thread-safe. */
final class Journal {
    private static final int MOST_REQUESTS = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<RecordedRequest> requests = new ArrayDeque<>();
    private final Deque<Scripted> scripts = new ArrayDeque<>();
    private int open;
    private int finished;
    private int aborted;
    private long input;
    private long output;
    private long numbers;
    private volatile boolean stopped;

    void record(RecordedRequest request) {
        change(() -> {
            requests.addLast(request);
            if (requests.size() > MOST_REQUESTS) {
                requests.removeFirst();
            }
        });
    }

    List<RecordedRequest> requests() {
        lock.lock();
        try {
            return new ArrayList<>(requests);
        } finally {
            lock.unlock();
        }
    }

    void clear() {
        change(() -> {
            requests.clear();
            scripts.clear();
        });
    }

    /** What the next requests are to meet. */
    private record Scripted(String script, int count) {}

    void script(String script, int count) {
        change(() -> {
            if (count > 0) {
                scripts.addLast(new Scripted(script, count));
            }
        });
    }

    /** The script for this request if one was set, else null; counts it. */
    @Nullable
    String takeScript() {
        lock.lock();
        try {
            Scripted next = scripts.pollFirst();
            if (next == null) {
                return null;
            }
            if (next.count() > 1) {
                scripts.addFirst(new Scripted(next.script(), next.count() - 1));
            }
            return next.script();
        } finally {
            lock.unlock();
        }
    }

    long nextNumber() {
        lock.lock();
        try {
            return ++numbers;
        } finally {
            lock.unlock();
        }
    }

    void opened() {
        change(() -> open++);
    }

    void ended(boolean complete) {
        change(() -> {
            open--;
            finished += complete ? 1 : 0;
            aborted += complete ? 0 : 1;
        });
    }

    void produced(long inputTokens, long outputTokens) {
        change(() -> {
            input += inputTokens;
            output += outputTokens;
        });
    }

    Simulator.Streams streams() {
        lock.lock();
        try {
            return new Simulator.Streams(open, finished, aborted);
        } finally {
            lock.unlock();
        }
    }

    Simulator.Produced produced() {
        lock.lock();
        try {
            return new Simulator.Produced(input, output);
        } finally {
            lock.unlock();
        }
    }

    void stop() {
        stopped = true;
        change(scripts::clear);
    }

    boolean stopped() {
        return stopped;
    }

    void await(BooleanSupplier wanted, Duration deadline) {
        long left = deadline.toNanos();
        lock.lock();
        try {
            while (!wanted.getAsBoolean()) {
                if (left <= 0) {
                    throw new IllegalStateException("not within " + deadline + ": " + requests.size() + " requests, "
                            + open + " open, " + finished + " finished, " + aborted + " aborted responses");
                }
                left = changed.awaitNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(100))) > 0
                        ? left - 1
                        : left - TimeUnit.MILLISECONDS.toNanos(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", e);
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
