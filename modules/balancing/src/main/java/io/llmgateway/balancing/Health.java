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
 * the instance is back, and a bench for instances that said themselves when to come back. The question is asked for
 * every request and takes no lock as long as all is well; failures are rare and take one. Thread-safe.
 */
final class Health {
    private static final double JITTER = 0.2;
    private static final int MAX_DOUBLINGS = 20;

    private final AtomicInteger consecutive = new AtomicInteger();
    private final FailureWindow window = new FailureWindow();
    private volatile Phase phase = Phase.CLOSED;
    private volatile boolean benched;
    private volatile long backAt;
    private boolean probing;
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

    /** Asks for the instance; a {@code TRIAL} must be ended by a report or by {@link #abandoned}. */
    Admission admit(long now, Probe.Mode probes) {
        if (phase == Phase.CLOSED && !benched) {
            return Admission.YES;
        }
        return admitSlowly(now, probes);
    }

    private synchronized Admission admitSlowly(long now, Probe.Mode probes) {
        if (now - backAt < 0) {
            return Admission.NO;
        }
        benched = false;
        if (phase == Phase.CLOSED) {
            return Admission.YES;
        }
        if (probing || probes != Probe.Mode.OFF) {
            return Admission.NO;
        }
        phase = Phase.HALF_OPEN;
        probing = true;
        return Admission.TRIAL;
    }

    /** The instance did its work. */
    void succeeded(long now, Breaker settings, boolean trial) {
        if (consecutive.get() != 0) {
            consecutive.set(0);
        }
        window.succeeded(now, settings.window());
        if (trial || phase != Phase.CLOSED) {
            close(now);
        }
    }

    private synchronized void close(long now) {
        phase = Phase.CLOSED;
        benched = false;
        probing = false;
        reason = null;
        consecutive.set(0);
        window.clear();
        closedAt = now;
    }

    /** The instance failed. */
    void failed(Failure failure, Breaker settings, RandomGenerator random) {
        Duration bench = bench(failure, settings);
        boolean counts = failure.kind() != ErrorKind.UPSTREAM_RATE_LIMIT && settings.enabled();
        int inRow = counts ? consecutive.incrementAndGet() : 0;
        boolean tooMany = counts && (inRow >= settings.consecutiveFailures() || window.failed(failure.at(), settings));
        synchronized (this) {
            reason = failure.kind();
            if (failure.trial() || (tooMany && phase == Phase.CLOSED)) {
                open(failure.at(), settings, random);
            }
            if (!bench.isZero()) {
                long until = failure.at() + bench.toNanos();
                backAt = (benched || phase == Phase.OPEN) && backAt - until > 0 ? backAt : until;
                benched = true;
            }
        }
    }

    /**
     * What went wrong.
     *
     * @param kind the kind
     * @param delay what the instance said about when to come back
     * @param at now, in nanoseconds
     * @param trial true when it happened to the one request that finds out
     */
    record Failure(ErrorKind kind, Optional<Duration> delay, long at, boolean trial) {}

    private static Duration bench(Failure failure, Breaker settings) {
        return switch (failure.kind()) {
            case UPSTREAM_AUTHENTICATION, UPSTREAM_BILLING -> settings.credentialBench();
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
        long longest = settings.maxOpenFor().toNanos();
        if (openings > 0 && closedAt != 0 && now - closedAt > longest) {
            openings = 0;
        }
        double doubled = (double) settings.openFor().toNanos() * (1L << Math.min(openings, MAX_DOUBLINGS));
        double jittered = Math.min(doubled, (double) longest) * (1 - JITTER + 2 * JITTER * random.nextDouble());
        openings++;
        phase = Phase.OPEN;
        probing = false;
        backAt = now + (long) jittered;
    }

    /** The request that was to find out was given up for another reason. */
    synchronized void abandoned() {
        if (phase == Phase.HALF_OPEN) {
            phase = Phase.OPEN;
            probing = false;
        }
    }

    /** A probe, which is no request of a client, found the instance well. */
    void probeSucceeded(long now) {
        if (phase != Phase.CLOSED) {
            close(now);
        }
    }

    /** A probe failed: an instance that is out stays out longer, one in use counts a failure. */
    void probeFailed(ErrorKind kind, long now, Breaker settings, RandomGenerator random) {
        boolean out = phase != Phase.CLOSED;
        failed(new Failure(kind, Optional.empty(), now, out), settings, random);
    }

    /** How the breaker stands. */
    Phase phase() {
        return phase;
    }

    /** True when it is out for its own word. */
    boolean benched(long now) {
        return benched && now - backAt < 0;
    }

    /** When it may be used again, in nanoseconds of the same clock; {@code now} when it may be. */
    long backAt(long now) {
        boolean out = phase != Phase.CLOSED || benched;
        return out && backAt - now > 0 ? backAt : now;
    }

    /** What took it out; empty when all is well. */
    synchronized Optional<ErrorKind> reason() {
        return Optional.ofNullable(reason);
    }
}
