package io.llmgateway.limits;

import io.llmgateway.settings.Limit;

/** A limit on what is under way at once. Guarded by the lock of its scope. */
final class ConcurrencyMeter implements Meter {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private Limit limit;
    private long running;

    ConcurrencyMeter(Limit limit) {
        this.limit = limit;
    }

    @Override
    public Limit limit() {
        return limit;
    }

    @Override
    public void change(Limit changed) {
        limit = changed;
    }

    @Override
    public long untilFree(long amount) {
        return running < limit.amount() ? 0 : SECOND_NANOS;
    }

    @Override
    public long take(long amount) {
        running++;
        return 1;
    }

    @Override
    public void settle(long taken, long window, long used) {
        running = Math.max(0, running - taken);
    }

    @Override
    public long remaining() {
        return limit.amount() - running;
    }

    @Override
    public long untilFull() {
        return running == 0 ? 0 : SECOND_NANOS;
    }
}
