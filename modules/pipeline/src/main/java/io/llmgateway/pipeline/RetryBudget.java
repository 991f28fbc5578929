package io.llmgateway.pipeline;

import io.llmgateway.model.ProviderName;
import io.llmgateway.settings.RetrySettings;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many retries a provider may get, so that a provider in trouble is not hit by a multiple of its load: a share of
 * the requests of the last ten seconds, and a few however few requests there were, so that a recovery is noticed.
 * Thread-safe.
 */
public final class RetryBudget {
    /** Half of the ten seconds that are looked at, in nanoseconds. */
    private static final long HALF_NANOS = 5_000_000_000L;

    private static final long PERCENT = 100;

    private final Map<ProviderName, Window> windows = new ConcurrentHashMap<>();

    private Window window(ProviderName provider, long now) {
        Window known = windows.get(provider);
        return known == null ? windows.computeIfAbsent(provider, _ -> new Window(now)) : known;
    }

    /** A request goes to the provider for the first time. */
    void earn(ProviderName provider, long now) {
        window(provider, now).newer(now).requests.increment();
    }

    /** Takes one retry; false when there is none left. */
    boolean take(ProviderName provider, RetrySettings settings, long now) {
        return window(provider, now).take(settings, now);
    }

    /** What happened in one half of the time that is looked at. */
    private static final class Half {
        private final long begunAt;
        private final LongAdder requests = new LongAdder();
        private long retries;

        Half(long begunAt) {
            this.begunAt = begunAt;
        }
    }

    /** The last two halves of one provider. */
    private static final class Window {
        private volatile Half newer;
        private Half older;

        Window(long now) {
            newer = new Half(now);
            older = new Half(now - HALF_NANOS);
        }

        Half newer(long now) {
            Half current = newer;
            return now - current.begunAt < HALF_NANOS ? current : turn(now);
        }

        private synchronized Half turn(long now) {
            long age = now - newer.begunAt;
            if (age >= HALF_NANOS) {
                older = age < 2 * HALF_NANOS ? newer : new Half(now - HALF_NANOS);
                newer = new Half(now);
            }
            return newer;
        }

        synchronized boolean take(RetrySettings settings, long now) {
            Half current = newer(now);
            long requests = current.requests.sum() + older.requests.sum();
            long allowed = Math.max(settings.budgetMinimum(), requests * settings.budgetPercent() / PERCENT);
            if (current.retries + older.retries >= allowed) {
                return false;
            }
            current.retries++;
            return true;
        }
    }
}
