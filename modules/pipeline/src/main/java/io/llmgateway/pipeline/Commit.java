package io.llmgateway.pipeline;

import io.llmgateway.model.GatewayException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The point after which an answer cannot be replaced: the only place that starts the client's answer. Up to it any
 * source may fail and another may be tried; at it one wins, the losers are closed, and what only another try would need
 * is let go. A keep-alive may start a stream of events before it, which decides about the status, not about the source.
 * Thread-safe.
 */
final class Commit {
    private final RequestContext context;
    private final Services services;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean won;
    private boolean over;

    Commit(RequestContext context, Services services) {
        this.context = context;
        this.services = services;
    }

    /**
     * Takes this answer, unless another was taken before it, which closes this one.
     *
     * @return true for the one winner; its answer is started
     */
    boolean win(Opened opened) {
        lock.lock();
        try {
            if (won) {
                opened.close();
                return false;
            }
            won = true;
        } finally {
            lock.unlock();
        }
        RequestRecord record = context.record();
        record.stopwatch().answered(services.now());
        if (record.attempts().provider() != null) {
            services.metrics()
                    .firstToken(record.attempts().provider(), record.stopwatch().firstTokenNanos());
        }
        opened.won();
        context.letGo();
        return true;
    }

    /** True once an answer was taken. Only the request's own thread may ask. */
    boolean won() {
        return won;
    }

    /** No answer will be taken any more: from now on nothing is kept alive. */
    void over() {
        lock.lock();
        try {
            over = true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Tells a client that waits long for the first content of a stream that somebody is still there; does nothing when
     * an answer has begun. Called by another thread than the request's own.
     */
    void keepAlive() {
        lock.lock();
        try {
            if (won || over || !context.record().stream()) {
                return;
            }
            byte[] bytes = context.client().keepAlive();
            context.sink().start(AnswerHead.own(AnswerHead.Body.EVENT_STREAM));
            context.sink().write(bytes, bytes.length);
        } catch (GatewayException e) {
            // the client has left, which its watcher tells the request
            over = true;
        } finally {
            lock.unlock();
        }
    }
}
