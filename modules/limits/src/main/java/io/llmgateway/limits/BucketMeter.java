package io.llmgateway.limits;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.local.SynchronizationStrategy;
import io.llmgateway.settings.Limit;
import java.time.Duration;
import java.util.function.LongSupplier;

/** A limit per minute: a bucket that is refilled evenly, by monotonic time. Guarded by the lock of its scope. */
final class BucketMeter implements Meter {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final TimeMeter time;
    private Limit limit;
    private Bucket bucket;

    BucketMeter(Limit limit, LongSupplier nanoTime) {
        this.time = new Monotonic(nanoTime);
        this.limit = limit;
        this.bucket = bucket(limit.amount());
    }

    private Bucket bucket(long amount) {
        return Bucket.builder()
                .addLimit(bandwidth -> bandwidth.capacity(amount).refillGreedy(amount, MINUTE))
                .withCustomTimePrecision(time)
                .withSynchronizationStrategy(SynchronizationStrategy.NONE)
                .build();
    }

    @Override
    public Limit limit() {
        return limit;
    }

    @Override
    public void change(Limit changed) {
        if (changed.amount() == limit.amount()) {
            return;
        }
        long spent = limit.amount() - bucket.getAvailableTokens();
        limit = changed;
        bucket = bucket(changed.amount());
        owe(spent);
    }

    @Override
    public long untilFree(long amount) {
        long wanted = Math.min(amount, limit.amount());
        return wanted <= 0 ? 0 : bucket.estimateAbilityToConsume(wanted).getNanosToWaitForRefill();
    }

    @Override
    public long take(long amount) {
        long wanted = Math.min(amount, limit.amount());
        if (wanted > 0) {
            bucket.consumeIgnoringRateLimits(wanted);
        }
        return wanted;
    }

    @Override
    public void settle(long taken, long window, long used) {
        if (used < taken) {
            bucket.addTokens(taken - used);
        } else {
            owe(used - taken);
        }
    }

    /** Takes what may not be there; the debt stays within what comes back in a minute. */
    private void owe(long amount) {
        long most = bucket.getAvailableTokens() + limit.amount();
        if (amount > 0 && most > 0) {
            bucket.consumeIgnoringRateLimits(Math.min(amount, most));
        }
    }

    @Override
    public long remaining() {
        return bucket.getAvailableTokens();
    }

    @Override
    public long untilFull() {
        double missing = limit.amount() - bucket.getAvailableTokens();
        return Math.max(0, (long) (missing / limit.amount() * MINUTE.toNanos()));
    }

    /** The gateway's clock for buckets. */
    private record Monotonic(LongSupplier nanoTime) implements TimeMeter {
        @Override
        public long currentTimeNanos() {
            return nanoTime.getAsLong();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
