package io.llmgateway.benchmarks;

import io.llmgateway.balancing.Balancer;
import io.llmgateway.balancing.Lease;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.LoadResult;
import io.llmgateway.settings.SettingsLoader;
import io.llmgateway.settings.Sources;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What picking an instance and giving it back costs, for each policy, with and without a session. Run with
 * {@code ./dev bench jmh SelectionBench}, with {@code -t 2} for two threads; read ns/op at 8 instances against the goal
 * of 100 ns. Thread-safe.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SelectionBench {
    private static final ProviderName PROVIDER = new ProviderName("p");
    private static final Set<InstanceName> NONE = Set.of();

    /** The policy. */
    @Param({"weighted", "round-robin", "least-busy", "peak-ewma"})
    public String policy = "weighted";

    /** How many instances. */
    @Param({"1", "8", "64"})
    public int instances = 8;

    private Balancer balancer = balancer("weighted", 1);

    /** Makes the instances. */
    @Setup
    public void make() {
        balancer = balancer(policy, instances);
    }

    private static Balancer balancer(String policy, int instances) {
        StringBuilder text = new StringBuilder("keys: [{name: me, key: a-key-for-this-bench}]\nproviders:\n  p:\n")
                .append("    type: openai\n    balancing: {policy: ")
                .append(policy)
                .append("}\n    instances:\n");
        for (int i = 0; i < instances; i++) {
            text.append("      - {name: i").append(i).append(", base-url: \"http://h\"}\n");
        }
        LoadResult result = SettingsLoader.load("bench", text.toString(), Path.of(""), Sources.of(Map.of()));
        if (!(result instanceof LoadResult.Loaded(GatewaySettings settings, var _))) {
            throw new IllegalStateException(result.toString());
        }
        return new Balancer(settings, System::nanoTime, ThreadLocalRandom::current);
    }

    /** A request without a session. */
    @Benchmark
    public InstanceName choose() {
        try (Lease lease = balancer.choose(PROVIDER, NONE)) {
            lease.succeeded();
            return lease.instance().name();
        }
    }

    /** A request of a known session. */
    @Benchmark
    public InstanceName sticky() {
        try (Lease lease = balancer.choose(PROVIDER, NONE, "a-session-of-usual-length")) {
            lease.succeeded();
            return lease.instance().name();
        }
    }
}
