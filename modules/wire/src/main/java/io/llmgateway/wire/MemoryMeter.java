package io.llmgateway.wire;

/**
 * Is told how much memory one request takes beyond the small change every request needs. What is not released is given
 * back by the meter's owner when the request ends, so a path that ends with an exception need not release. Confined to
 * one request unless an implementation says otherwise.
 */
public interface MemoryMeter {
    /** Counts nothing and never refuses. Stateless, thread-safe. */
    MemoryMeter NONE = new MemoryMeter() {
        @Override
        public void charge(long bytes) {
            // nothing is counted
        }

        @Override
        public void release(long bytes) {
            // nothing is counted
        }
    };

    /**
     * Takes memory; to be called before it is allocated.
     *
     * @param bytes how many more; 0 or more
     * @throws io.llmgateway.model.GatewayException when there is no more; the caller lets go of what it holds
     */
    void charge(long bytes);

    /**
     * Gives memory back that was taken before.
     *
     * @param bytes how many fewer; 0 or more
     */
    void release(long bytes);
}
