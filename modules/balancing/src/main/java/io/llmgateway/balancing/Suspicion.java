package io.llmgateway.balancing;

import java.util.random.RandomGenerator;

/**
 * A failure of which it is not known yet whether the instance or the request is to blame: it counts against neither
 * until one of {@link #blame} and {@link #acquit} is called, once. Confined to one request.
 */
public final class Suspicion {
    private final Instance instance;
    private final Health.Failure failure;
    private final RandomGenerator random;
    private final boolean worksForOthers;

    Suspicion(Instance instance, Health.Failure failure, RandomGenerator random) {
        this.instance = instance;
        this.failure = failure;
        this.random = random;
        this.worksForOthers =
                !failure.trial() && instance.health().worksForOthers(failure.at(), instance.circuitBreaker());
    }

    /** True when the instance has answered other requests not long ago, and is in use. */
    public boolean worksForOthers() {
        return worksForOthers;
    }

    /** The instance failed. */
    public void blame() {
        instance.health().failed(failure, instance.circuitBreaker(), random);
    }

    /** The request brought the failure with it. */
    public void acquit() {
        instance.health().acquitted();
        if (failure.trial()) {
            // it says nothing about whether the instance is back
            instance.health().abandoned(failure.begunWith());
        }
    }
}
