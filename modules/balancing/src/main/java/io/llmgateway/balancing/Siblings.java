package io.llmgateway.balancing;

/**
 * What the attempts of one request that run at the same time have in common: one trial of an instance that may be back
 * stands for all of them. Known by its identity; immutable, thread-safe.
 */
public final class Siblings {
    private final boolean together;

    /**
     * Those of one request.
     *
     * @param together true when none of them can end before all have begun, so that each holds its place while it waits
     *     for the others; they begin with {@link Balancer#chooseAll}
     */
    public Siblings(boolean together) {
        this.together = together;
    }

    /** True when each holds its place until all have begun. */
    boolean together() {
        return together;
    }
}
