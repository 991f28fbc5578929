package io.llmgateway.balancing;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.ProviderSettings;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at an instance: in flight until it is closed. Say what became of it once, before closing: a failure, or a
 * success as soon as the first content is there. Only a success may be followed by one {@link #failedAfterCommit}. An
 * attempt that says nothing was abandoned, which counts neither for nor against the instance. A request makes one lease
 * and uses it for all its attempts, one after the other, so that choosing allocates nothing. Confined to the request
 * that holds it.
 */
public final class Lease implements AutoCloseable {
    private final @Nullable Siblings siblings;
    private @Nullable InstancePool pool;
    private @Nullable Instance instance;
    private @Nullable RandomGenerator random;
    private Set<InstanceName> excluded = Set.of();
    private long now;
    private boolean lastTarget;
    private int begunWith;
    private Trial trial = Trial.NONE;
    private Report report = Report.NONE;

    /** Whether the attempt finds out if the instance is back. */
    enum Trial {
        /** The instance was well. */
        NONE,
        /** The one request that the half-open breaker let through. */
        HALF_OPEN,
        /** The instance is out, and was taken because nothing else was left. */
        ANYWAY
    }

    private enum Report {
        NONE,
        SUCCEEDED,
        FAILED
    }

    /** Holds nothing yet. */
    public Lease() {
        this(null);
    }

    /**
     * Holds nothing yet.
     *
     * @param siblings what its request's other attempts at the same time have in common with it; null for none
     */
    public Lease(@Nullable Siblings siblings) {
        this.siblings = siblings;
    }

    /** Asks for an instance, now. */
    void ask(InstancePool of, Set<InstanceName> triedAlready, boolean nothingElseLeft) {
        if (instance != null) {
            throw new IllegalStateException("the lease still holds an instance");
        }
        pool = of;
        excluded = triedAlready;
        lastTarget = nothingElseLeft;
        now = of.now();
        random = of.random();
    }

    /** What attempts of the same request at the same time have in common; null for none. */
    @Nullable
    Siblings siblings() {
        return siblings;
    }

    /** True while it holds an instance. */
    public boolean held() {
        return instance != null;
    }

    /** Those that the request has tried already. */
    Set<InstanceName> excluded() {
        return excluded;
    }

    /** True when the request has no other target left, so that an instance that is out is better than none. */
    boolean lastTarget() {
        return lastTarget;
    }

    /** When it was asked, in nanoseconds. */
    long now() {
        return now;
    }

    /** The asking thread's generator. */
    RandomGenerator random() {
        return Objects.requireNonNull(random);
    }

    /** Takes an instance that has counted the attempt. */
    void hold(Instance counted, Trial kind) {
        instance = counted;
        trial = kind;
        begunWith = counted.health().outages();
        report = Report.NONE;
    }

    private Instance used() {
        return Objects.requireNonNull(instance, "the lease holds no instance");
    }

    private InstancePool pool() {
        return Objects.requireNonNull(pool, "the lease holds no instance");
    }

    /** The provider the instance belongs to. */
    public ProviderSettings provider() {
        return pool().provider();
    }

    /** The instance to use. */
    public InstanceSettings instance() {
        return used().settings();
    }

    /** The first content came after so many nanoseconds. */
    public void answeredAfter(long nanos) {
        used().state().latency().sample(nanos, pool().now());
    }

    /**
     * The instance responds: the first content is there. Ends a trial at once, however long the response goes on. Only
     * the first report counts. What an attempt reports that began before the instance was taken out neither brings it
     * back nor shortens the time it asked for.
     */
    public void succeeded() {
        if (report == Report.NONE) {
            report = Report.SUCCEEDED;
            Instance used = used();
            used.state().recordSuccess();
            if (used.health().succeeded(pool().now(), used.circuitBreaker(), begunWith)) {
                pool().changed();
            }
        }
    }

    /** The instance, or the way to it, failed before its first content. Only the first report counts. */
    public void failed(ErrorKind kind) {
        failed(kind, Optional.empty());
    }

    /** The instance failed and may have said when to come back. Only the first report counts. */
    public void failed(ErrorKind kind, Optional<Duration> delay) {
        if (report == Report.NONE) {
            failed(kind, delay, false);
        }
    }

    /**
     * The instance failed before its first content, or the request did. Counts as the attempt's report; whether the
     * instance is taken out for it is said later, after the lease is closed. Not for a report after another.
     */
    public Suspicion suspected(ErrorKind kind) {
        if (report != Report.NONE) {
            throw new IllegalStateException("the attempt has reported already");
        }
        report = Report.FAILED;
        Instance used = used();
        used.state().recordFailure(kind);
        var failure = new Health.Failure(kind, Optional.empty(), pool().now(), begunWith, trial != Trial.NONE, false);
        return new Suspicion(used, failure, pool().random());
    }

    /**
     * The instance failed after {@link #succeeded()}, inside its response. Counts as one failure in place of the
     * success, in a row and in the share of failures; a trial that has closed the breaker is not taken back by it
     * alone. Does nothing when no success was reported, or a failure after it already.
     */
    public void failedAfterCommit(ErrorKind kind) {
        if (report == Report.SUCCEEDED) {
            used().state().takeBackSuccess();
            trial = Trial.NONE;
            failed(kind, Optional.empty(), true);
        }
    }

    private void failed(ErrorKind kind, Optional<Duration> delay, boolean answered) {
        report = Report.FAILED;
        Instance used = used();
        used.state().recordFailure(kind);
        var failure = new Health.Failure(kind, delay, pool().now(), begunWith, trial != Trial.NONE, answered);
        used.health().failed(failure, used.circuitBreaker(), pool().random());
    }

    /** Gives back what was never used, where the line for instances is locked or nobody is served yet. */
    void undo() {
        Instance taken = used();
        instance = null;
        if (trial == Trial.HALF_OPEN) {
            taken.health().abandoned(begunWith);
        }
        taken.state().release();
    }

    /** Ends the attempt; a second call does nothing. Afterwards the lease can be used for another attempt. */
    @Override
    public void close() {
        Instance used = instance;
        if (used != null) {
            instance = null;
            if (report == Report.SUCCEEDED) {
                used.health().completed();
            } else if (report == Report.NONE && trial == Trial.HALF_OPEN) {
                used.health().abandoned(begunWith);
            }
            pool().release(used);
        }
    }
}
