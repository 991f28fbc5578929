package io.llmgateway.auth;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * Counts wrong keys by the address they come from, minute by minute, in a fixed number of places: addresses that share
 * one are counted together, so that no flood of addresses takes memory. It never stands in the way of a good key.
 * Thread-safe.
 */
final class BadKeyThrottle {
    private static final int PLACES = 8 * 1024;
    private static final int COUNT_BITS = 24;
    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;
    private static final long MINUTE_NANOS = 60_000_000_000L;
    private static final int MIX = 0x9E3779B9;

    private final AtomicLongArray places;
    private final int perMinute;
    private final LongSupplier nanoTime;
    private final long start;

    /** Lets so many through per minute; 0 lets all through. */
    BadKeyThrottle(int perMinute, LongSupplier nanoTime) {
        this(perMinute, nanoTime, nanoTime.getAsLong(), new AtomicLongArray(PLACES));
    }

    private BadKeyThrottle(int perMinute, LongSupplier nanoTime, long start, AtomicLongArray places) {
        this.perMinute = perMinute;
        this.nanoTime = nanoTime;
        this.start = start;
        this.places = places;
    }

    /** Another bound on the same counts. */
    BadKeyThrottle withLimit(int changed) {
        return new BadKeyThrottle(changed, nanoTime, start, places);
    }

    /** Counts a wrong key; gives how long to wait when there were too many, else empty. */
    Optional<Duration> count(InetAddress address) {
        if (perMinute == 0) {
            return Optional.empty();
        }
        int hash = address.hashCode() * MIX;
        int place = (hash ^ hash >>> 16) & PLACES - 1;
        long elapsed = nanoTime.getAsLong() - start;
        long minute = elapsed / MINUTE_NANOS + 1;
        long counted = places.updateAndGet(
                place,
                old -> old >>> COUNT_BITS == minute ? Math.min(old + 1, old | COUNT_MASK) : minute << COUNT_BITS | 1);
        if ((counted & COUNT_MASK) <= perMinute) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofNanos(MINUTE_NANOS - elapsed % MINUTE_NANOS));
    }
}
