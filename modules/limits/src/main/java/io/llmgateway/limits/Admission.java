package io.llmgateway.limits;

import io.llmgateway.settings.Limit;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** What one request has taken from its limits. Settle it once with what was really used. Thread-safe. */
public final class Admission {
    /** Took from nothing. */
    public static final Admission FREE = new Admission(List.of());

    private final List<Part> parts;
    private final AtomicBoolean settled = new AtomicBoolean();

    Admission(List<Part> parts) {
        this.parts = parts;
    }

    /**
     * Gives back what was not used, counts what was used beyond the estimate, gives its place to who waits longest for
     * one. Only once.
     */
    public void settle(Claim used) {
        if (parts.isEmpty() || !settled.compareAndSet(false, true)) {
            return;
        }
        for (Part part : parts) {
            part.scope().lock().lock();
            try {
                part.meter()
                        .settle(part.taken(), used.amount(part.meter().limit().measure()));
            } finally {
                part.scope().lock().unlock();
            }
        }
        for (Part part : parts) {
            if (part.meter().limit().measure() == Limit.Measure.CONCURRENT) {
                Waiter.next(part.scope());
            }
        }
    }

    /** What was taken from one limit. */
    record Part(Scope scope, Meter meter, long taken) {}
}
