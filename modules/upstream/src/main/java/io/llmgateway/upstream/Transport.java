package io.llmgateway.upstream;

/** Sends requests to instances. Thread-safe. */
@FunctionalInterface
public interface Transport {
    /**
     * Sends a request and waits for the head of its answer.
     *
     * @param pool the instance's connections
     * @param cancellation ends the wait and the exchange from another thread
     * @throws io.llmgateway.model.GatewayException with an upstream fault when there is no usable answer
     */
    Exchange send(ConnectionPool pool, Call call, Cancellation cancellation);
}
