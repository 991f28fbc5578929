package io.llmgateway.limits;

import io.llmgateway.settings.Limit;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** What one request has taken from its limits. Settle it once with what was really used. Thread-safe. */
public final class Admission {
    private static final System.Logger LOG = System.getLogger(Admission.class.getName());

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
    public void settle(ResourceUsage used) {
        if (parts.isEmpty() || !settled.compareAndSet(false, true)) {
            return;
        }
        for (Part part : parts) {
            try {
                part.settle(used);
            } catch (RuntimeException e) {
                notSettled(part, e);
            }
        }
        for (Part part : parts) {
            if (part.meter().limit().measure() == Limit.Measure.CONCURRENT) {
                try {
                    Waiter.next(part.scope());
                } catch (RuntimeException e) {
                    notSettled(part, e);
                }
            }
        }
    }

    /** One part that fails must not keep the others from being given back: a place lost here is lost for ever. */
    private static void notSettled(Part part, RuntimeException e) {
        LOG.log(
                System.Logger.Level.ERROR,
                "the limit " + part.meter().limit().name() + " of "
                        + part.scope().describe() + " could not be settled",
                e);
    }

    /**
     * What was taken from one limit.
     *
     * @param window the window it was taken from
     */
    record Part(Scope scope, Meter meter, long taken, long window) {
        void settle(ResourceUsage used) {
            scope.lock().lock();
            try {
                meter.settle(taken, window, used.amount(meter.limit().measure()));
            } finally {
                scope.lock().unlock();
            }
        }
    }
}
