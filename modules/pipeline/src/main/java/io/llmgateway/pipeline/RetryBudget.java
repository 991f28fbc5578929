package io.llmgateway.pipeline;

import io.llmgateway.model.ProviderName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many retries a provider may get, so that a provider in trouble is not hit by three times its load: each request
 * earns half a retry, and a reserve serves a sudden fault. Thread-safe.
 */
public final class RetryBudget {
    private static final long RETRY = 2;
    private static final long RESERVE = 500 * RETRY;
    private static final long TRICKLE_NANOS = 100_000_000L;

    private final Map<ProviderName, Account> accounts = new ConcurrentHashMap<>();

    /** What one provider has left. */
    private static final class Account {
        private final AtomicLong left = new AtomicLong(RESERVE);
        private final AtomicLong lastTrickle = new AtomicLong();
    }

    private Account account(ProviderName provider) {
        Account known = accounts.get(provider);
        return known == null ? accounts.computeIfAbsent(provider, _ -> new Account()) : known;
    }

    /** A request goes to the provider for the first time. */
    void earn(ProviderName provider) {
        Account account = account(provider);
        if (account.left.get() < RESERVE) {
            account.left.incrementAndGet();
        }
    }

    /** Takes one retry; false when there is none left. A few are always allowed, so that recovery is noticed. */
    boolean take(ProviderName provider, long now) {
        Account account = account(provider);
        if (account.left.addAndGet(-RETRY) >= 0) {
            return true;
        }
        account.left.addAndGet(RETRY);
        long last = account.lastTrickle.get();
        return now - last >= TRICKLE_NANOS && account.lastTrickle.compareAndSet(last, now);
    }
}
