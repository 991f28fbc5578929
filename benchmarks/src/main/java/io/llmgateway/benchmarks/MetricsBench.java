package io.llmgateway.benchmarks;

import io.llmgateway.metrics.GatewayMetrics;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.Usage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the metrics of one request cost: its begin and end, its attempt, its first token and its tokens. Run with
 * {@code ./dev bench jmh MetricsBench}, with {@code -t 2} for two threads; read ns/op per fact. Thread-safe.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MetricsBench {
    private static final ProviderName PROVIDER = new ProviderName("p");
    private static final InstanceName INSTANCE = new InstanceName("i");
    private static final Usage USAGE = new Usage(200, 0, 0, 100, 0);

    private final GatewayMetrics metrics = GatewayMetrics.create("bench");

    /** Everything one request is counted by. */
    @Benchmark
    public GatewayMetrics request() {
        metrics.requestStarted();
        metrics.firstToken(PROVIDER, 1_000_000);
        metrics.attempt(INSTANCE, null);
        metrics.requestFinished(Protocol.OPENAI_CHAT, false, null, 2_000_000, 50_000);
        metrics.tokens(PROVIDER, USAGE);
        return metrics;
    }

    /** Begin and end alone: a counter and two distributions. */
    @Benchmark
    public GatewayMetrics beginAndEnd() {
        metrics.requestStarted();
        metrics.requestFinished(Protocol.OPENAI_CHAT, false, null, 2_000_000, 50_000);
        return metrics;
    }

    /** One counter. */
    @Benchmark
    public GatewayMetrics attempt() {
        metrics.attempt(INSTANCE, null);
        return metrics;
    }
}
