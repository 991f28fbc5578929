package io.llmgateway.balancing;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.settings.SelectionSettings.Breaker;
import io.llmgateway.settings.SelectionSettings.Probe;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whether an instance may be used: a breaker that opens after failures and lets one request at a time find out whether
 * the instance is back, with all its attempts that run at the same time, and a cooldown for instances that said
 * themselves when to come back. The question is asked for every request and takes no lock as long as all is well;
 * failures are rare and take one. Thread-safe.
 */
final class Health {
    private static final double JITTER = 0.2;
    private static final int MAX_DOUBLINGS = 20;
    /** So many failures in a row are believed to be the requests' fault; then a response to another must come first. */
    private static final int MOST_ACQUITTED = 3;
    /** An instance that fails more often than this is not believed to work, in percent of what it was asked. */
    private static final int MOST_FAILED = 10;

    private final AtomicInteger consecutive = new AtomicInteger();
    private final AtomicInteger acquitted = new AtomicInteger();
    private final FailureWindow window = new FailureWindow();
    private volatile Phase phase = Phase.CLOSED;
    private volatile boolean coolingDown;
    private volatile long openUntil;
    private volatile long coolingDownUntil;
    private volatile int outages;
    private int openedWith;
    private int coolingDownWith;
    private int trials;
    private @Nullable Siblings trialOf;
    /** A health check since it went out got through to the server, so that a live request may find out more. */
    private boolean askedSinceOpened;

    private int openings;
    private long closedAt;
    private @Nullable ErrorKind reason;

    /** How the breaker stands. */
    enum Phase {
        /** In use. */
        CLOSED,
        /** Out until its time is over. */
        OPEN,
        /** One request is finding out. */
        HALF_OPEN
    }

    /** What a request gets to know when it asks for the instance. */
    enum Admission {
        /** Not now. */
        NO,
        /** Use it. */
        YES,
        /** Use it; whether it is back depends on this request alone. */
        TRIAL
    }

    /**
     * Asks for the instance; a {@code TRIAL} must be ended by a report or by {@link #abandoned}.
     *
     * @param siblings attempts of the same request, whose trial it may be already; null for none
     */
    Admission admit(long now, Probe.Mode probes, @Nullable Siblings siblings) {
        if (phase == Phase.CLOSED && !coolingDown) {
            return Admission.YES;
        }
        return admitSlowly(now, probes, siblings);
    }

    private synchronized Admission admitSlowly(long now, Probe.Mode probes, @Nullable Siblings siblings) {
        if (now - backAt(now) < 0) {
            return Admission.NO;
        }
        coolingDown = false;
        if (phase == Phase.CLOSED) {
            return Admission.YES;
        }
        if ((trials > 0 && !isTrialOf(siblings)) || (probes != Probe.Mode.OFF && !askedSinceOpened)) {
            return Admission.NO;
        }
        phase = Phase.HALF_OPEN;
        trials++;
        trialOf = siblings;
        return Admission.TRIAL;
    }

    /** True while one of these finds out whether the instance is back. */
    synchronized boolean isTrialOf(@Nullable Siblings siblings) {
        return siblings != null && trialOf == siblings;
    }

    /**
     * How often the instance has been taken out so far. An attempt remembers it when it begins: what an attempt reports
     * that began before an outage says nothing about the time after it.
     */
    int outages() {
        return outages;
    }

    private synchronized int nextOutage() {
        outages++;
        return outages;
    }

    /**
     * The instance answered; true when it can be used again by that.
     *
     * @param begunWith {@link #outages()} when the attempt began
     */
    boolean succeeded(long now, Breaker settings, int begunWith) {
        window.succeeded(now, settings.window());
        if (acquitted.get() != 0) {
            acquitted.set(0);
        }
        return (phase != Phase.CLOSED || coolingDown) && recovered(now, begunWith);
    }

    private synchronized boolean recovered(long now, int begunWith) {
        if (begunWith - coolingDownWith >= 0) {
            coolingDown = false;
        }
        if (phase != Phase.CLOSED && begunWith - openedWith >= 0) {
            close(now);
        }
        return phase == Phase.CLOSED && !coolingDown;
    }

    /** True when it is in use and has answered requests in the window, with few failures of requests since. */
    boolean worksForOthers(long now, Breaker settings) {
        return phase == Phase.CLOSED
                && acquitted.get() < MOST_ACQUITTED
                && window.mostlyGood(now, settings.window(), MOST_FAILED);
    }

    /** A failure was the request's own. */
    void acquitted() {
        acquitted.incrementAndGet();
    }

    /** A response came to its end, so that failures are no longer in a row. */
    void completed() {
        if (consecutive.get() != 0) {
            consecutive.set(0);
        }
    }

    private void close(long now) {
        phase = Phase.CLOSED;
        noTrial();
        reason = null;
        consecutive.set(0);
        window.clear();
        closedAt = now;
    }

    /** The instance failed. */
    void failed(Failure failure, Breaker settings, RandomGenerator random) {
        boolean tooMany = tooMany(failure, settings);
        Duration bench = bench(failure, settings);
        synchronized (this) {
            reason = failure.kind();
            boolean current = failure.begunWith() - openedWith >= 0;
            boolean trialFailed = failure.trial() && phase != Phase.CLOSED && current;
            if (trialFailed || (tooMany && phase == Phase.CLOSED)) {
                open(failure.at(), settings, random);
            }
            if (!bench.isZero()) {
                long until = failure.at() + bench.toNanos();
                coolingDownUntil = coolingDown && coolingDownUntil - until > 0 ? coolingDownUntil : until;
                coolingDownWith = nextOutage();
                coolingDown = true;
            }
        }
    }

    /** Counts a failure; true when there are too many now. What began before the last outage does not count. */
    private boolean tooMany(Failure failure, Breaker settings) {
        if (failure.kind() == ErrorKind.UPSTREAM_RATE_LIMIT || beganBeforeOpening(failure)) {
            return false;
        }
        int inRow = consecutive.incrementAndGet();
        boolean share = failure.answered()
                ? window.failedAfterSuccess(failure.at(), settings)
                : window.failed(failure.at(), settings);
        return settings.enabled() && (inRow >= settings.consecutiveFailures() || share);
    }

    private synchronized boolean beganBeforeOpening(Failure failure) {
        return failure.begunWith() - openedWith < 0;
    }

    /**
     * What went wrong.
     *
     * @param kind the kind
     * @param delay what the instance said about when to come back
     * @param at now, in nanoseconds
     * @param begunWith {@link #outages()} when the attempt began
     * @param trial true when the instance was known to be out and the request was to find out
     * @param answered true when the attempt was counted as a success before, at its first content
     */
    record Failure(ErrorKind kind, Optional<Duration> delay, long at, int begunWith, boolean trial, boolean answered) {}

    private static Duration bench(Failure failure, Breaker settings) {
        return switch (failure.kind()) {
            case UPSTREAM_AUTHENTICATION, UPSTREAM_BILLING -> settings.authFailureCooldown();
            case UPSTREAM_RATE_LIMIT -> shorter(failure.delay().orElse(settings.cooldown()), settings.maxCooldown());
            case UPSTREAM_OVERLOADED -> shorter(failure.delay().orElse(Duration.ZERO), settings.maxCooldown());
            default -> Duration.ZERO;
        };
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    /** Out for a time that doubles with every opening, until the instance has worked for the longest such time. */
    private void open(long now, Breaker settings, RandomGenerator random) {
        long longest = settings.maxOpenDuration().toNanos();
        if (openings > 0 && closedAt != 0 && now - closedAt > longest) {
            openings = 0;
        }
        double doubled = (double) settings.openDuration().toNanos() * (1L << Math.min(openings, MAX_DOUBLINGS));
        double jittered = Math.min(doubled, (double) longest) * (1 - JITTER + 2 * JITTER * random.nextDouble());
        openings++;
        phase = Phase.OPEN;
        noTrial();
        askedSinceOpened = false;
        openedWith = nextOutage();
        openUntil = now + (long) jittered;
    }

    private void noTrial() {
        trials = 0;
        trialOf = null;
    }

    /** An attempt that was to find out was given up for another reason; with the last of them another request may. */
    synchronized void abandoned(int begunWith) {
        if (phase == Phase.HALF_OPEN && begunWith - openedWith >= 0) {
            trials--;
            if (trials == 0) {
                phase = Phase.OPEN;
                trialOf = null;
            }
        }
    }

    /** A probe, which is no request of a client, found the instance well; a time it asked for itself stays. */
    synchronized void probeSucceeded(long now) {
        if (phase != Phase.CLOSED) {
            close(now);
        }
    }

    /**
     * A probe failed. An instance in use counts a failure; one that is out stays out longer when nothing could connect
     * to it, and otherwise has its time, after which a live request finds out: its list of models may be broken alone.
     */
    void probeFailed(ErrorKind kind, long now, Breaker settings, RandomGenerator random) {
        boolean out;
        synchronized (this) {
            out = phase != Phase.CLOSED;
            if (phase == Phase.HALF_OPEN) {
                return;
            }
            if (out && !unreachable(kind)) {
                askedSinceOpened = true;
                reason = kind;
                return;
            }
        }
        failed(new Failure(kind, Optional.empty(), now, outages, out, false), settings, random);
    }

    /**
     * A probe was answered, or was not sent, so that nothing is known by it: as without probes. An instance that could
     * not be connected to before may be asked by the next request.
     */
    synchronized void probeUnclear(long now) {
        if (phase == Phase.OPEN) {
            if (!askedSinceOpened && reason != null && unreachable(reason) && openUntil - now > 0) {
                openUntil = now;
            }
            askedSinceOpened = true;
        }
    }

    private static boolean unreachable(ErrorKind kind) {
        return kind == ErrorKind.UPSTREAM_CONNECT || kind == ErrorKind.TIMEOUT_CONNECT;
    }

    /** How the breaker stands. */
    Phase phase() {
        return phase;
    }

    /** True when it is out for its own word. */
    boolean coolingDown(long now) {
        return coolingDown && now - coolingDownUntil < 0;
    }

    /** When it may be used again, in nanoseconds of the same clock; {@code now} when it may be. */
    long backAt(long now) {
        long left = phase == Phase.CLOSED ? 0 : Math.max(0, openUntil - now);
        return now + (coolingDown ? Math.max(left, coolingDownUntil - now) : left);
    }

    /** What took it out; empty when all is well. */
    synchronized Optional<ErrorKind> reason() {
        return Optional.ofNullable(reason);
    }
}
