package io.llmgateway.balancing;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.ProviderSettings;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at an instance: in flight until it is closed. Say what became of it once, before closing; an attempt that
 * says nothing was abandoned, which counts neither for nor against the instance. A request makes one lease and uses it
 * for all its attempts, one after the other, so that choosing allocates nothing. Confined to the request that holds it.
 */
public final class Lease implements AutoCloseable {
    private @Nullable InstancePool pool;
    private @Nullable Instance instance;
    private @Nullable RandomGenerator random;
    private Set<InstanceName> excluded = Set.of();
    private long now;
    private boolean trial;
    private boolean reported;

    /** Holds nothing yet. */
    public Lease() {}

    /** Asks for an instance, now. */
    void ask(InstancePool of, Set<InstanceName> triedAlready) {
        if (instance != null) {
            throw new IllegalStateException("the lease still holds an instance");
        }
        pool = of;
        excluded = triedAlready;
        now = of.now();
        random = of.random();
    }

    /** Those that the request has tried already. */
    Set<InstanceName> excluded() {
        return excluded;
    }

    /** When it was asked, in nanoseconds. */
    long now() {
        return now;
    }

    /** The asking thread's generator. */
    RandomGenerator random() {
        return Objects.requireNonNull(random);
    }

    /** Takes an instance that has counted the attempt. */
    void hold(Instance counted, boolean onTrial) {
        instance = counted;
        trial = onTrial;
        reported = false;
    }

    private Instance held() {
        return Objects.requireNonNull(instance, "the lease holds no instance");
    }

    private InstancePool pool() {
        return Objects.requireNonNull(pool, "the lease holds no instance");
    }

    /** The provider the instance belongs to. */
    public ProviderSettings provider() {
        return pool().provider();
    }

    /** The instance to use. */
    public InstanceSettings instance() {
        return held().settings();
    }

    /** The first content came after so many nanoseconds. */
    public void answeredAfter(long nanos) {
        held().state().latency().sample(nanos, pool().now());
    }

    /** The instance did its work. Only the first report counts. */
    public void succeeded() {
        if (!reported) {
            reported = true;
            Instance used = held();
            used.state().recordSuccess();
            used.state().health().succeeded(pool().now(), used.breaker(), trial);
        }
    }

    /** The instance, or the way to it, failed. Only the first report counts. */
    public void failed(ErrorKind kind) {
        failed(kind, Optional.empty());
    }

    /** The instance failed and may have said when to come back. Only the first report counts. */
    public void failed(ErrorKind kind, Optional<Duration> delay) {
        if (!reported) {
            reported = true;
            Instance used = held();
            used.state().recordFailure(kind);
            var failure = new Health.Failure(kind, delay, pool().now(), trial);
            used.state().health().failed(failure, used.breaker(), pool().random());
        }
    }

    /** Ends the attempt; a second call does nothing. Afterwards the lease can be used for another attempt. */
    @Override
    public void close() {
        Instance used = instance;
        if (used != null) {
            instance = null;
            if (trial && !reported) {
                used.state().health().abandoned();
            }
            used.state().release();
            pool().released();
        }
    }
}
