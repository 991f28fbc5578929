package io.llmgateway.benchmarks;

import io.llmgateway.auth.Authenticator;
import io.llmgateway.auth.Principal;
import java.net.InetAddress;
import java.time.Clock;
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
 * What it costs to find out whose key a request carries, hashing included, among one and among a thousand keys. Run
 * with
 * {@code ./dev bench jmh KeyLookupBench}; read that ns/op does not grow with the number of keys. Thread-safe.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class KeyLookupBench {
    private static final String PRESENTED = "llmgw-0123456789abcdefghijklmnopqrstuvwxyz-0";
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    /** How many keys are configured. */
    @Param({"1", "1000"})
    public int keys = 1;

    private Authenticator authenticator = authenticator(1);

    /** Makes the keys. */
    @Setup
    public void make() {
        authenticator = authenticator(keys);
    }

    private static Authenticator authenticator(int keys) {
        StringBuilder yaml = new StringBuilder("keys:\n");
        for (int i = 0; i < keys; i++) {
            yaml.append("  - {name: k").append(i).append(", key: llmgw-0123456789abcdefghijklmnopqrstuvwxyz-");
            yaml.append(i).append("}\n");
        }
        yaml.append("providers: {p: {type: openai, instances: [{name: i, base-url: \"http://h\"}]}}\n");
        return new Authenticator(BenchSettings.of(yaml.toString()), Clock.systemUTC(), System::nanoTime);
    }

    /** A key that is known. */
    @Benchmark
    public Principal known() {
        return authenticator.authenticate(PRESENTED, null, HERE);
    }
}
