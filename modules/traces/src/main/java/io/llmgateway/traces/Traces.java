package io.llmgateway.traces;

import io.llmgateway.model.RequestEvent;
import io.llmgateway.model.TraceContext;
import io.llmgateway.settings.GenAiConventions;
import io.llmgateway.settings.TracingSettings;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The traces of the process: decides which requests are traced and hands what is known of them to an exporter that
 * nobody waits for. Thread-safe.
 */
public final class Traces implements AutoCloseable {
    private static final int SAMPLED = 1;
    private static final double ALL = 100;

    private final Exporter exporter;
    private final Supplier<? extends RandomGenerator> random;
    private volatile TracingSettings settings;

    private Traces(TracingSettings settings, GenAiConventions conventions, Supplier<? extends RandomGenerator> random) {
        this.settings = settings;
        this.exporter = new Exporter(settings, SpanAttributes.of(conventions));
        this.random = random;
    }

    /** Begins to export, when the settings name a collector. */
    public static Traces open(
            TracingSettings settings, GenAiConventions conventions, Supplier<? extends RandomGenerator> random) {
        return new Traces(settings, conventions, random);
    }

    /** Goes on with other settings. */
    public void apply(TracingSettings changed) {
        settings = changed;
        exporter.apply(changed);
    }

    /** True when there is a collector. */
    public boolean active() {
        return settings.endpoint().isPresent();
    }

    /**
     * A span for a request; null when there is no collector. It is a child of the client's span, or begins a trace of
     * its own. What is not sampled has a span all the same, so that the instance is told so.
     *
     * @param parent the client's span; null when it sent none
     */
    public @Nullable TraceContext span(@Nullable TraceContext parent) {
        TracingSettings current = settings;
        if (current.endpoint().isEmpty()) {
            return null;
        }
        RandomGenerator source = random.get();
        long high = parent == null ? source.nextLong() : parent.high();
        long low = parent == null ? nonZero(source.nextLong()) : parent.low();
        boolean sampled = (parent != null && current.parentBased()) ? parent.sampled() : isChosen(current, low);
        String state = parent == null ? "" : parent.state();
        return new TraceContext(high, low, nonZero(source.nextLong()), sampled ? SAMPLED : 0, state);
    }

    /** The same for every gateway on a trace's way: the trace's id decides. */
    private static boolean isChosen(TracingSettings settings, long low) {
        double share = settings.samplePercent() / ALL;
        return share >= 1 || (low & Long.MAX_VALUE) < (long) (share * Long.MAX_VALUE);
    }

    private static long nonZero(long id) {
        return id == 0 ? 1 : id;
    }

    /** Takes note of a request that came to its end; never waits. */
    public void finished(RequestEvent event) {
        boolean wanted = active()
                && Optional.ofNullable(event.trace())
                        .filter(TraceContext::sampled)
                        .isPresent();
        if (wanted) {
            exporter.offer(event);
        }
    }

    /** Spans the collector took since the start. */
    public long exported() {
        return exporter.exported();
    }

    /** Spans that were lost since the start: the collector was too slow, or refused them. */
    public long lost() {
        return exporter.lost();
    }

    /** Exports what waits and ends; gives up after a while when the collector does not answer. */
    @Override
    public void close() {
        exporter.close();
    }
}
