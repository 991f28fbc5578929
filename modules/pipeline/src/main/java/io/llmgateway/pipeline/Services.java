package io.llmgateway.pipeline;

import io.llmgateway.converters.Protocols;
import io.llmgateway.ledger.Ledger;
import io.llmgateway.metrics.GatewayMetrics;
import io.llmgateway.upstream.ErrorClassifier;
import io.llmgateway.upstream.Transport;
import java.time.Clock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What every request works with, whatever the configuration. Thread-safe.
 *
 * @param protocols the protocols and the ways between them
 * @param transport exchanges with instances
 * @param classifier the meaning of providers' errors
 * @param metrics the counters
 * @param ledger keeps what every request used
 * @param observer learns of every request, for logs and traces
 * @param retries how many retries each provider may get
 * @param limits how much of an answer is held in memory
 * @param memory how many bytes large things may hold together
 * @param heavyWork where large bodies are converted
 * @param ids request ids
 * @param nanoTime monotonic time in nanoseconds
 * @param clock the time of day, for what clients are told
 * @param random gives a generator for the calling thread
 */
public record Services(
        Protocols protocols,
        Transport transport,
        ErrorClassifier classifier,
        GatewayMetrics metrics,
        Ledger ledger,
        RequestObserver observer,
        RetryBudget retries,
        RelayLimits limits,
        MemoryBudget memory,
        HeavyWork heavyWork,
        RequestIds ids,
        LongSupplier nanoTime,
        Clock clock,
        Supplier<? extends RandomGenerator> random) {
    long now() {
        return nanoTime.getAsLong();
    }
}
