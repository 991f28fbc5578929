package io.llmgateway.benchmarks;

import io.llmgateway.balancing.Balancer;
import io.llmgateway.balancing.Lease;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.ProviderName;
import java.util.HashSet;
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
 * What picking an instance and giving it back costs, for each policy, with and without a session, with
 * all instances well or half of them out. Run with
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
    @Param({"weighted", "round-robin", "least-requests", "peak-ewma"})
    public String policy = "weighted";

    /** How many instances. */
    @Param({"1", "8", "64"})
    public int instances = 8;

    /** Whether all instances are well, or every second one is out. */
    @Param({"well", "half-out"})
    public String breakers = "well";

    private Balancer balancer = balancer("weighted", 1);

    /** Makes the instances. */
    @Setup
    public void make() {
        balancer = balancer(policy, instances);
        if ("half-out".equals(breakers)) {
            openHalf();
        }
    }

    private static Balancer balancer(String policy, int instances) {
        StringBuilder text = new StringBuilder("keys: [{name: me, key: a-key-for-this-bench}]\nproviders:\n  p:\n")
                .append("    type: openai\n    balancing: {policy: ")
                .append(policy)
                .append("}\n    circuit-breaker: {open-duration: 1h, max-open-duration: 1h}\n    instances:\n");
        for (int i = 0; i < instances; i++) {
            text.append("      - {name: i").append(i).append(", base-url: \"http://h\"}\n");
        }
        return new Balancer(BenchSettings.of(text.toString()), System::nanoTime, ThreadLocalRandom::current);
    }

    /** Every second instance fails until its breaker opens; one alone stays as it is. */
    private void openHalf() {
        for (int i = 0; i + 1 < instances; i += 2) {
            Set<InstanceName> others = new HashSet<>();
            for (int k = 0; k < instances; k++) {
                if (k != i) {
                    others.add(new InstanceName("i" + k));
                }
            }
            for (int failure = 0; failure < 3; failure++) {
                try (Lease lease = balancer.choose(PROVIDER, others)) {
                    lease.failed(ErrorKind.UPSTREAM_RESET);
                }
            }
        }
    }

    /** What a request brings along. Confined to one thread. */
    @State(Scope.Thread)
    public static class Request {
        private final Lease lease = new Lease();
    }

    /** A request without a session. */
    @Benchmark
    public InstanceName choose(Request request) {
        balancer.choose(request.lease, PROVIDER, NONE, null);
        try (Lease lease = request.lease) {
            lease.succeeded();
            return lease.instance().name();
        }
    }

    /** A request of a known session. */
    @Benchmark
    public InstanceName sticky(Request request) {
        balancer.choose(request.lease, PROVIDER, NONE, "a-session-of-usual-length");
        try (Lease lease = request.lease) {
            lease.succeeded();
            return lease.instance().name();
        }
    }
}
