package io.llmgateway.it.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** What came of it all. Thread-safe. */
final class Tally {
    private static final int MOST_KEPT = 40;

    private final AtomicLong asked = new AtomicLong();
    private final Map<String, AtomicLong> counts = new ConcurrentSkipListMap<>();
    private final AtomicLong violations = new AtomicLong();
    private final List<String> kept = new ArrayList<>();
    private final Consumer<String> told;

    /**
     * Counts.
     *
     * @param told is told of each violation when it happens
     */
    Tally(Consumer<String> told) {
        this.told = told;
    }

    private void count(String name) {
        counts.computeIfAbsent(name, _ -> new AtomicLong()).incrementAndGet();
    }

    void asked() {
        asked.incrementAndGet();
    }

    void answered(Checking.End end, int status) {
        count("answer " + end);
        count("status " + status);
    }

    void did(ChaosClients.Act act) {
        count("act " + act);
    }

    /** A connection that broke under a client; which the gateway may do to some. */
    void gone(ChaosClients.Act act, Exception e) {
        count("gone " + act + " " + e.getMessage());
    }

    void violation(String what) {
        violations.incrementAndGet();
        told.accept(what);
        synchronized (kept) {
            if (kept.size() < MOST_KEPT) {
                kept.add(what);
            }
        }
    }

    List<String> violations() {
        synchronized (kept) {
            return List.copyOf(kept);
        }
    }

    long of(String name) {
        AtomicLong found = counts.get(name);
        return found == null ? 0 : found.get();
    }

    long asking() {
        return asked.get();
    }

    /** All figures, one a line. */
    String figures() {
        StringBuilder text = new StringBuilder("requests that were waited for: " + asked.get() + "\n");
        counts.forEach((name, count) ->
                text.append("  ").append(name).append(": ").append(count).append('\n'));
        return text.append("violations: ").append(violations.get()).append('\n').toString();
    }
}
