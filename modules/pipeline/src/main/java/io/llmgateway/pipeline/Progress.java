package io.llmgateway.pipeline;

import io.llmgateway.balancing.Lease;
import io.llmgateway.balancing.Siblings;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.Refusal;
import io.llmgateway.upstream.Cancellation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far the attempts of one request, or of one of several answers to it, have come, and the way to end them from
 * outside. Confined to one request, but for the methods of {@link Interruption}.
 */
final class Progress implements Interruption {
    private final long begunAt;
    private final Commit commit;
    private final Cancellation cancellation = new Cancellation();
    private final Lease lease;
    private @Nullable Suspects suspects;
    private int attempts;
    private @Nullable GatewayException last;
    private @Nullable InstanceName trying;
    private @Nullable Thread waiting;
    private @Nullable GatewayError interrupted;
    private List<Progress> choices = List.of();

    Progress(long begunAt, Commit commit) {
        this(begunAt, commit, new Lease());
    }

    private Progress(long begunAt, Commit commit, Lease lease) {
        this.begunAt = begunAt;
        this.commit = commit;
        this.lease = lease;
    }

    /** Goes on at the same time for so many answers; whatever ends this request ends them as well. */
    synchronized List<Progress> choices(List<Commit> commits, Siblings siblings) {
        List<Progress> made = new ArrayList<>(commits.size());
        for (Commit each : commits) {
            Progress one = new Progress(begunAt, each, new Lease(siblings));
            one.attempts = attempts;
            made.add(one);
            if (interrupted != null) {
                one.interrupt(interrupted);
            }
        }
        choices = made;
        return made;
    }

    /** The answers that went on at the same time have come to their end. */
    synchronized void joined() {
        for (Progress one : choices) {
            attempts = Math.max(attempts, one.attempts);
        }
        choices = List.of();
    }

    long begunAt() {
        return begunAt;
    }

    Commit commit() {
        return commit;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    /** One lease for all attempts, one after the other. */
    Lease lease() {
        return lease;
    }

    /** Failures of which it is not known yet whose they are; most requests never need them. */
    Suspects suspects() {
        if (suspects == null) {
            suspects = new Suspects();
        }
        return suspects;
    }

    /** No second instance of the target will be asked, or one has answered. */
    void settleSuspects() {
        if (suspects != null) {
            suspects.settle();
        }
    }

    /** True when the last failure was the request's own, although a server said it was its own. */
    boolean requestsOwnFailure() {
        return suspects != null && suspects.requestsOwn();
    }

    /** How many attempts have begun. */
    int attempts() {
        return attempts;
    }

    /** An attempt at this instance begins. */
    void tries(InstanceName name) {
        attempts++;
        trying = name;
    }

    /** Which thread waits for an instance; null when it has one. */
    synchronized void waits(@Nullable Thread thread) {
        waiting = thread;
        if (thread == null && cancellation.cancelled()) {
            // the interrupt was meant for the wait alone
            Thread.interrupted();
        }
    }

    @Override
    public void clientGone() {
        interrupt(new CallerFault.ClientGone());
    }

    @Override
    public void stopping() {
        interrupt(new Refusal.Draining());
    }

    @Override
    public void keepAlive() {
        commit.keepAlive();
    }

    private synchronized void interrupt(GatewayError why) {
        if (interrupted != null) {
            return;
        }
        interrupted = why;
        cancellation.cancel();
        if (waiting != null) {
            waiting.interrupt();
        }
        for (Progress one : choices) {
            one.interrupt(why);
        }
    }

    /** What a failure really means: when the request was ended from outside, that is the reason. */
    synchronized GatewayException explained(GatewayException failure) {
        return interrupted == null || failure.error().kind() == ErrorKind.CLIENT_GONE
                ? failure
                : new GatewayException(interrupted, failure);
    }

    /** These and the instance that was just tried; most requests never need the set. */
    Set<InstanceName> alsoTried(Set<InstanceName> before) {
        InstanceName name = trying;
        if (name == null) {
            return before;
        }
        Set<InstanceName> more = new HashSet<>(before);
        more.add(name);
        trying = null;
        return more;
    }

    /** Remembers a failure: the client is told what an instance said, not that none is left after it. */
    void failed(GatewayException e) {
        if (last == null || e.error().kind() != ErrorKind.NO_INSTANCE) {
            if (last != null && last != e) {
                e.addSuppressed(last);
            }
            last = e;
        }
    }

    /** What the client is told when nothing is left to try. */
    GatewayException lastFailure() {
        if (last == null) {
            throw new IllegalStateException("a plan has at least one target");
        }
        return last;
    }
}
