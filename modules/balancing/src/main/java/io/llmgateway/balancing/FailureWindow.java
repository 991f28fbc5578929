package io.llmgateway.balancing;

import io.llmgateway.settings.SelectionSettings.Breaker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The share of failures in the recent past: two halves of a window, the older of which is thrown away when the newer is
 * full. Counting takes one atomic step. Thread-safe.
 */
final class FailureWindow {
    private static final int PERCENT = 100;

    private final AtomicReference<Halves> halves = new AtomicReference<>(new Halves(0, new Half(), new Half()));

    /** One half. */
    private static final class Half {
        private final AtomicInteger good = new AtomicInteger();
        private final AtomicInteger bad = new AtomicInteger();
    }

    private record Halves(long begun, Half older, Half newer) {}

    void succeeded(long now, Duration window) {
        at(now, window).newer().good.incrementAndGet();
    }

    /** Counts a failure; true when there are too many now. */
    boolean failed(long now, Breaker settings) {
        return failed(at(now, settings.window()), settings);
    }

    /** Counts a failure in place of a success that was counted for the same attempt; true when there are too many. */
    boolean failedAfterSuccess(long now, Breaker settings) {
        Halves current = at(now, settings.window());
        if (!takeBack(current.newer().good)) {
            takeBack(current.older().good);
        }
        return failed(current, settings);
    }

    private static boolean takeBack(AtomicInteger counted) {
        return counted.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
    }

    private static boolean failed(Halves current, Breaker settings) {
        current.newer().bad.incrementAndGet();
        int bad = current.newer().bad.get() + current.older().bad.get();
        int all = bad + current.newer().good.get() + current.older().good.get();
        return all >= settings.minRequests() && bad * PERCENT >= settings.failureRate() * all;
    }

    /** True when something succeeded in the window, and at most this share of it failed, in percent. */
    boolean mostlyGood(long now, Duration window, int mostFailed) {
        Halves current = at(now, window);
        int good = current.newer().good.get() + current.older().good.get();
        int bad = current.newer().bad.get() + current.older().bad.get();
        return good > 0 && bad * PERCENT <= mostFailed * (good + bad);
    }

    void clear() {
        Halves current = halves.get();
        halves.set(new Halves(current.begun(), new Half(), new Half()));
    }

    private Halves at(long now, Duration window) {
        Halves current = halves.get();
        long half = window.toNanos() / 2;
        long age = now - current.begun();
        if (age < half) {
            return current;
        }
        Half older = age < 2 * half ? current.newer() : new Half();
        Halves next = new Halves(now, older, new Half());
        return halves.compareAndSet(current, next) ? next : halves.get();
    }
}
