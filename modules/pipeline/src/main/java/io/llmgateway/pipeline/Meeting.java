package io.llmgateway.pipeline;

import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import io.llmgateway.wire.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where the threads of several answers to one request meet the request's own thread, which alone speaks to the client:
 * they wait here until all have begun, and hand over what they have, one piece at a time, without copying it. The first
 * pieces come in the order of the answers and before all others, since clients add an answer they do not know at the
 * end, and believe to have all answers when those they know are complete. Nobody waits for ever: whoever is waited for
 * ends with the request's time, and {@link #close} lets everybody go. Thread-safe.
 */
final class Meeting {
    /** Fair, so that a fast stream does not keep the others waiting. */
    private final ReentrantLock lock = new ReentrantLock(true);

    private final Condition changed = lock.newCondition();
    private final @Nullable Slice[] answers;
    private final boolean[] introduced;
    private @Nullable Slice piece;
    private long handed;
    private long sent;
    private int begun;
    private int nextToIntroduce;
    private int ended;
    private int failing = -1;
    private @Nullable Throwable failure;
    private boolean lastWord;
    private boolean going;
    private boolean closed;

    /** Of so many answers. */
    Meeting(int count) {
        answers = new Slice[count];
        introduced = new boolean[count];
    }

    /**
     * An answer has its first content.
     *
     * @param waits true to wait until all have theirs and the client's answer is started, as streams do; a whole answer
     *     is there already and keeps no instance from the others
     */
    void begun(boolean waits) {
        lock.lock();
        try {
            begun++;
            changed.signalAll();
            while (waits && !going && !closed) {
                changed.awaitUninterruptibly();
            }
            checkOpen();
        } finally {
            lock.unlock();
        }
    }

    /**
     * A piece of a stream: returns when it was sent. The first goes after those of the answers before it, the others
     * when all streams have sent their first.
     */
    void hand(int index, byte[] bytes, int length) {
        lock.lock();
        try {
            while ((piece != null || nextToIntroduce < (introduced[index] ? introduced.length : index)) && !closed) {
                changed.awaitUninterruptibly();
            }
            checkOpen();
            introduce(index);
            piece = new Slice(bytes, 0, length);
            handed++;
            long mine = handed;
            changed.signalAll();
            while (sent < mine && !closed) {
                changed.awaitUninterruptibly();
            }
            checkOpen();
        } finally {
            lock.unlock();
        }
    }

    private void introduce(int index) {
        introduced[index] = true;
        while (nextToIntroduce < introduced.length && introduced[nextToIntroduce]) {
            nextToIntroduce++;
        }
    }

    /** A stream is complete. */
    void ended(int index) {
        lock.lock();
        try {
            introduce(index);
            ended++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A whole answer is complete; its bytes are not the caller's any more. */
    void whole(int index, byte[] bytes) {
        lock.lock();
        try {
            answers[index] = Slice.of(bytes);
            ended++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * An answer has failed; only the first failure counts.
     *
     * @param last true when no other target may be tried
     */
    void failed(int index, Throwable why, boolean last) {
        lock.lock();
        try {
            if (failure == null && !closed) {
                failure = why;
                failing = index;
                lastWord = last;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all have begun; false when one has failed. */
    boolean allBegun() {
        lock.lock();
        try {
            while (begun < answers.length && failure == null) {
                changed.awaitUninterruptibly();
            }
            return failure == null;
        } finally {
            lock.unlock();
        }
    }

    /** The client's answer is started: lets those go on that have begun. */
    void go() {
        lock.lock();
        try {
            going = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a piece, which is the caller's until {@link #sent}; null when all have ended or one has failed. */
    @Nullable
    Slice next() {
        lock.lock();
        try {
            while (piece == null && failure == null && ended < answers.length) {
                changed.awaitUninterruptibly();
            }
            return failure == null ? piece : null;
        } finally {
            lock.unlock();
        }
    }

    /** The piece was sent. */
    void sent() {
        lock.lock();
        try {
            piece = null;
            sent++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is taken any more: whoever waits goes on, to its end. */
    void close() {
        lock.lock();
        try {
            closed = true;
            piece = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The whole answers that are there, in order; none of streams. */
    List<Slice> answers() {
        lock.lock();
        try {
            List<Slice> all = new ArrayList<>(answers.length);
            for (Slice one : answers) {
                if (one != null) {
                    all.add(one);
                }
            }
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** What the first failure was; null for none. */
    @Nullable
    Throwable failure() {
        lock.lock();
        try {
            return failure;
        } finally {
            lock.unlock();
        }
    }

    /** Which answer failed first; -1 for none. */
    int failing() {
        lock.lock();
        try {
            return failing;
        } finally {
            lock.unlock();
        }
    }

    /** True when no other target may be tried after the failure. */
    boolean lastWord() {
        lock.lock();
        try {
            return lastWord;
        } finally {
            lock.unlock();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new GatewayException(new CallerFault.ClientGone());
        }
    }
}
