package io.llmgateway.balancing;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.settings.ProviderSettings;
import java.time.Duration;
import java.util.Optional;

/**
 * One attempt at an instance: in flight until it is closed. Say what became of it once, before closing; an attempt that
 * says nothing was abandoned, which counts neither for nor against the instance. Confined to the request that holds it.
 */
public final class Lease implements AutoCloseable {
    private final InstancePool pool;
    private final Instance instance;
    private final boolean trial;
    private boolean reported;
    private boolean closed;

    Lease(InstancePool pool, Acquired acquired) {
        this.pool = pool;
        this.instance = acquired.instance();
        this.trial = acquired.trial();
    }

    /** The provider the instance belongs to. */
    public ProviderSettings provider() {
        return pool.provider();
    }

    /** The instance to use. */
    public InstanceSettings instance() {
        return instance.settings();
    }

    /** The first content came after so many nanoseconds. */
    public void answeredAfter(long nanos) {
        instance.state().latency().sample(nanos, pool.now());
    }

    /** The instance did its work. Only the first report counts. */
    public void succeeded() {
        if (!reported) {
            reported = true;
            instance.state().recordSuccess();
            instance.state().health().succeeded(pool.now(), instance.breaker(), trial);
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
            instance.state().recordFailure(kind);
            var failure = new Health.Failure(kind, delay, pool.now(), trial);
            instance.state().health().failed(failure, instance.breaker(), pool.random());
        }
    }

    /** Ends the attempt; a second call does nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (trial && !reported) {
                instance.state().health().abandoned();
            }
            instance.state().release();
            pool.released();
        }
    }
}
