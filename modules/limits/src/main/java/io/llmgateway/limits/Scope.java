package io.llmgateway.limits;

import io.llmgateway.settings.Limit;
import io.llmgateway.settings.ModelGlob;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whose limits: a key, a group or all together, for every model or for some. It lives as long as its name is
 * configured, over every reload. Everything in it is guarded by its lock; locks are taken in the order of the numbers.
 */
final class Scope {
    private final String owner;
    private final @Nullable ModelGlob models;
    private final int number;
    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedSet<Waiter> waiting = new LinkedHashSet<>();
    private List<Meter> meters = List.of();

    Scope(String owner, @Nullable ModelGlob models, int number) {
        this.owner = owner;
        this.models = models;
        this.number = number;
    }

    /** Whose limits, for people: {@code key 'x'}, {@code group 'y' for models 'gpt-*'}. */
    String describe() {
        return models == null ? owner : owner + " for models '" + models + "'";
    }

    String owner() {
        return owner;
    }

    @Nullable
    ModelGlob models() {
        return models;
    }

    int number() {
        return number;
    }

    ReentrantLock lock() {
        return lock;
    }

    List<Meter> meters() {
        return meters;
    }

    /** Who waits for a place here, longest first. */
    SequencedSet<Waiter> waiting() {
        return waiting;
    }

    boolean matches(String asked, String served) {
        return models == null || models.matches(asked) || models.matches(served);
    }

    /** Applies these limits; meters of limits that stay keep what was spent. */
    void configure(List<Limit> limits, LongSupplier nanoTime, Clock clock) {
        lock.lock();
        try {
            List<Meter> next = new ArrayList<>();
            for (Limit limit : limits) {
                Meter known = meters.stream()
                        .filter(meter -> meter.limit().name().equals(limit.name()))
                        .findFirst()
                        .orElse(null);
                if (known == null) {
                    next.add(meter(limit, nanoTime, clock));
                } else {
                    known.change(limit);
                    next.add(known);
                }
            }
            meters = List.copyOf(next);
        } finally {
            lock.unlock();
        }
    }

    /** When the longest window began whose use so far is not known; null when there is none. */
    @Nullable
    Instant unknownSince() {
        lock.lock();
        try {
            return calendars()
                    .filter(CalendarMeter::forgetful)
                    .map(CalendarMeter::since)
                    .min(Instant::compareTo)
                    .orElse(null);
        } finally {
            lock.unlock();
        }
    }

    /** Counts what was used before, for limits that do not know it yet. */
    void restore(PastUsage spent) {
        lock.lock();
        try {
            calendars().forEach(meter -> {
                boolean requests = meter.limit().measure() == Limit.Measure.REQUESTS;
                long amount = requests
                        ? spent.requests()
                        : spent.claim().amount(meter.limit().measure());
                meter.restore(spent.at(), amount);
            });
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more is to be told. */
    void restored() {
        lock.lock();
        try {
            calendars().forEach(CalendarMeter::restored);
        } finally {
            lock.unlock();
        }
    }

    private Stream<CalendarMeter> calendars() {
        return meters.stream().filter(CalendarMeter.class::isInstance).map(CalendarMeter.class::cast);
    }

    /** Its limits as they stand now. */
    List<LimitStatus> statuses() {
        lock.lock();
        try {
            return meters.stream()
                    .map(meter -> new LimitStatus(
                            owner,
                            models == null ? "" : models.value(),
                            meter.limit().name(),
                            meter.limit().amount(),
                            meter.remaining(),
                            Duration.ofNanos(meter.untilFull())))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    private static Meter meter(Limit limit, LongSupplier nanoTime, Clock clock) {
        return switch (limit.window()) {
            case NONE -> new ConcurrencyMeter(limit);
            case MINUTE -> new BucketMeter(limit, nanoTime);
            case HOUR, DAY, MONTH -> new CalendarMeter(limit, clock);
        };
    }
}
