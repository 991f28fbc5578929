package io.llmgateway.benchmarks;

import io.llmgateway.logs.Logs;
import io.llmgateway.metrics.GatewayMetrics;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.RequestEvent;
import io.llmgateway.model.RequestEvent.Asked;
import io.llmgateway.model.RequestEvent.Attempted;
import io.llmgateway.model.RequestEvent.Caller;
import io.llmgateway.model.RequestEvent.Ending;
import io.llmgateway.model.RequestEvent.Served;
import io.llmgateway.model.RequestEvent.Times;
import io.llmgateway.model.RequestEvent.Tokens;
import io.llmgateway.model.RequestId;
import io.llmgateway.model.TraceContext;
import io.llmgateway.model.Usage;
import io.llmgateway.settings.BaseUrl;
import io.llmgateway.settings.GenAiConventions;
import io.llmgateway.settings.LoggingSettings;
import io.llmgateway.settings.TracingSettings;
import io.llmgateway.traces.Traces;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a request pays on its own thread for its line in the log, its spans and the metrics of generative AI; writing
 * and exporting happen elsewhere. Run with {@code ./dev bench jmh LogBench}; read ns/op against the goal of one
 * microsecond. At full speed most lines are dropped, which costs a little less. Thread-safe.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LogBench {
    private static final Instant AT = Instant.parse("2026-11-25T03:22:38.123456Z");
    private static final String HEADER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private final GatewayMetrics metrics = GatewayMetrics.create("bench");
    private final RequestId id = new RequestId("req_1");
    private final KeyName key = new KeyName("k");
    private Logs logs = Logs.none();
    private Traces traces = Traces.open(TracingSettings.DEFAULT, GenAiConventions.V1, ThreadLocalRandom::current);

    /** Opens a log that goes nowhere and a collector that does not exist. */
    @Setup
    public void open() {
        LoggingSettings defaults = LoggingSettings.DEFAULT;
        logs = Logs.open(
                new LoggingSettings(
                        Optional.of(Path.of("/dev/null")),
                        defaults.output(),
                        defaults.format(),
                        defaults.requests(),
                        defaults.level(),
                        defaults.levels(),
                        defaults.bodyLimit(),
                        defaults.rotation()),
                Clock.systemUTC());
        TracingSettings off = TracingSettings.DEFAULT;
        traces.apply(new TracingSettings(
                Optional.of(BaseUrl.parse("http://127.0.0.1:1/v1/traces")),
                List.of(),
                1,
                false,
                off.serviceName(),
                off.timeout()));
    }

    /** Ends both. */
    @TearDown
    public void close() {
        logs.close();
        traces.close();
    }

    /** What is known of a request, put together. */
    @Benchmark
    public RequestEvent event() {
        return event(null);
    }

    private RequestEvent event(@org.jspecify.annotations.Nullable TraceContext trace) {
        Served served = new Served(new ProviderName("openai"), new InstanceName("openai-a"), "gpt-5-mini");
        return new RequestEvent(
                id,
                AT,
                new Caller(key, "search", null, null),
                new Asked("chat_completions", Protocol.OPENAI_CHAT, "fast", true),
                served,
                new Ending(null, null, 200),
                new Times(812_345_678L, 300_000_000L, 123_456L),
                new Tokens(new Usage(10, 2, 3, 40, 5), false, 1_234_500L),
                List.of(new Attempted(served, Protocol.OPENAI_CHAT, "h", 80, null, 21_000L, 790_000_000L, 1)),
                List.of(),
                trace,
                0,
                null);
    }

    /** The same, and handed to the log. */
    @Benchmark
    public RequestEvent line() {
        RequestEvent event = event(null);
        logs.finished(event);
        return event;
    }

    /** A client's trace taken, a span begun, the header for the provider, one trace in a hundred exported. */
    @Benchmark
    public String trace() {
        TraceContext span = traces.span(TraceContext.parse(HEADER, null).orElse(null));
        if (span == null) {
            return "";
        }
        traces.finished(event(span));
        return span.withSpan(ThreadLocalRandom.current().nextLong() | 1).traceparent();
    }

    /** The metrics of generative AI of one answered request. */
    @Benchmark
    public void metrics() {
        metrics.genAi().called(Protocol.OPENAI_CHAT, "gpt-5-mini", null, 790_000_000L);
        metrics.genAi()
                .answered(Protocol.OPENAI_CHAT, "gpt-5-mini", 300_000_000L, 490_000_000L, new Usage(10, 2, 3, 40, 5));
    }
}
