package io.llmgateway.pipeline;

import io.llmgateway.model.GatewayException;
import org.jspecify.annotations.Nullable;

/**
 * The point after which an answer cannot be replaced: the only place that starts the client's answer. Up to it any
 * source may fail and another may be tried; at it one wins, the losers are closed, and what only another try would need
 * is let go. A keep-alive may start a stream of events before it, which decides about the status, not about the source.
 * Thread-safe.
 */
final class Commit {
    private final RequestContext context;
    private final Services services;
    private final @Nullable Meeting meeting;
    private boolean won;
    private boolean over;

    Commit(RequestContext context, Services services) {
        this(context, services, null);
    }

    /** The commit of one of several answers, which goes to the client when all of them have begun. */
    Commit(RequestContext context, Services services, @Nullable Meeting meeting) {
        this.context = context;
        this.services = services;
        this.meeting = meeting;
    }

    /**
     * Takes this answer, unless another was taken before it, which closes this one.
     *
     * @return true for the one winner; its answer is started
     * @throws GatewayException when it is one of several, and another of them has failed
     */
    boolean win(Opened opened) {
        if (!first()) {
            opened.close();
            return false;
        }
        RequestRecord record = context.record();
        record.stopwatch().answered(services.now());
        if (meeting == null && record.attempts().provider() != null) {
            services.metrics()
                    .firstToken(record.attempts().provider(), record.stopwatch().firstTokenNanos());
        }
        opened.won();
        context.letGo();
        if (meeting != null) {
            meeting.begun(record.stream());
        }
        return true;
    }

    private synchronized boolean first() {
        boolean first = !won;
        won = true;
        return first;
    }

    /** True once an answer was taken. Only the request's own thread may ask. */
    boolean won() {
        return won;
    }

    /** No answer will be taken any more: from now on nothing is kept alive. */
    synchronized void over() {
        over = true;
    }

    /**
     * Tells a client that waits long for the first content of a stream that somebody is still there; does nothing when
     * an answer has begun. Called by another thread than the request's own.
     */
    synchronized void keepAlive() {
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
        }
    }
}
