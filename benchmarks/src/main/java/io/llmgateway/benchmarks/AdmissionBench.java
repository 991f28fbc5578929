package io.llmgateway.benchmarks;

import io.llmgateway.limits.Admission;
import io.llmgateway.limits.Limiter;
import io.llmgateway.limits.ResourceUsage;
import io.llmgateway.model.KeyName;
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
 * What it costs to let a request in and to give back what it did not use, for one to four limits in two scopes. Run
 * with {@code ./dev bench jmh AdmissionBench}, with {@code -t 2} for two threads that share all limits; read ns/op per
 * limit. Thread-safe.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AdmissionBench {
    private static final KeyName KEY = new KeyName("me");
    private static final ResourceUsage CLAIM = new ResourceUsage(250, 1000, 0);
    // so little that more comes back than the fastest run can use: a refused request would end the run
    private static final ResourceUsage USED = new ResourceUsage(1, 1, 0);

    /** How many limits hold. */
    @Param({"1", "2", "3", "4"})
    public int limits = 4;

    private Limiter limiter = limiter(1);

    /** Makes the limits. */
    @Setup
    public void make() {
        limiter = limiter(limits);
    }

    private static Limiter limiter(int limits) {
        String general = limits > 2
                ? "limits: {concurrent: 10k" + (limits > 3 ? ", requests-per-minute: 900m" : "") + "}\n"
                : "";
        String own = "{requests-per-minute: 900m" + (limits > 1 ? ", tokens-per-minute: 900m" : "") + "}";
        String yaml = general + "keys: [{name: me, key: a-key-for-this-bench, limits: " + own + "}]\n"
                + "providers: {p: {type: openai, instances: [{name: i, base-url: \"http://h\"}]}}\n";
        return new Limiter(BenchSettings.of(yaml), System::nanoTime, Clock.systemUTC());
    }

    /** In and out. */
    @Benchmark
    public Admission admit() {
        Admission admission = limiter.applied(KEY, "gpt-5-mini", "gpt-5-mini").admit(CLAIM);
        admission.settle(USED);
        return admission;
    }

    /** What the answer's headers say of the limits. */
    @Benchmark
    public Object states() {
        return limiter.applied(KEY, "gpt-5-mini", "gpt-5-mini").states();
    }
}
