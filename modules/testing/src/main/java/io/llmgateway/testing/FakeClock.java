package io.llmgateway.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Time that passes when a test says so: monotonic nanoseconds and the time of day together. Thread-safe. */
public final class FakeClock extends Clock implements LongSupplier {
    private final Instant begin;
    private final AtomicLong passed = new AtomicLong();

    /** Begins at this time of day, at nanosecond 0. */
    public FakeClock(Instant begin) {
        this.begin = begin;
    }

    /** Begins at the start of 2026. */
    public FakeClock() {
        this(Instant.parse("2026-01-01T00:00:00Z"));
    }

    /** Lets time pass. */
    public void advance(Duration time) {
        passed.addAndGet(time.toNanos());
    }

    @Override
    public long getAsLong() {
        return passed.get();
    }

    @Override
    public Instant instant() {
        return begin.plusNanos(passed.get());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        FakeClock time = this;
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return zone;
            }

            @Override
            public Clock withZone(ZoneId other) {
                return time.withZone(other);
            }

            @Override
            public Instant instant() {
                return time.instant();
            }
        };
    }
}
