package io.llmgateway.metrics;

import io.helidon.common.media.type.MediaTypes;
import io.helidon.metrics.api.Counter;
import io.helidon.metrics.api.Meter;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.Tag;
import io.helidon.metrics.spi.MeterRegistryFormatterProvider;
import io.llmgateway.metrics.GenAiMetrics.Generation;
import io.llmgateway.metrics.MetricCatalog.Metric;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.Loop;
import io.llmgateway.model.LoopName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway counts, behind methods named after facts. Every label value comes from a closed set or from the
 * configuration, so that no client can make series. Handles are resolved once and held: a lookup costs thirty times an
 * increment. Meant for one gateway per process: the meters behind it are the process's, so that several would add
 * their numbers up. Thread-safe.
 */
@SuppressWarnings("EnumOrdinal") // indexes arrays of this process, never leaves it
public final class GatewayMetrics {
    static final String OK = "ok";
    private static final int OUTCOMES = ErrorKind.values().length + 1;
    private static final double NANOS_PER_SECOND = 1e9;
    // Helidon and the registry below it take their two locks in either order when meters are made by several threads
    // at once, which ends in a deadlock; so one at a time makes them, in the whole process
    private static final ReentrantLock MAKING = new ReentrantLock();

    private final MeterRegistry registry = Meters.REGISTRY;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final RequestMeters requests = new RequestMeters(this);
    private final Histogram firstTokens = histogram(MetricCatalog.FIRST_TOKEN, MetricCatalog.REQUEST_BUCKETS);
    private final Series<Histogram.Cells> firstTokenOf =
            new Series<>(provider -> firstTokens.of(labels(Tag.create("provider", provider))));
    private final Series<TokenCounters> tokens =
            new Series<>(provider -> new TokenCounters(this, MetricCatalog.TOKENS, Tag.create("provider", provider)));
    private final Series<Tally> limited =
            new Series<>(limit -> tally(MetricCatalog.LIMITED, Tag.create("limit", limit)));
    private final Series<Outcomes> attempts = new Series<>(Outcomes::new);
    private final Series<Counter> malformed =
            new Series<>(instance -> counter(MetricCatalog.MALFORMED_EVENTS, Tag.create("instance", instance)));

    private final List<Counted> counted = new CopyOnWriteArrayList<>();
    private final Map<String, Tally> tallies = new ConcurrentHashMap<>();
    private final CostCounters costs =
            new CostCounters(List.of(MetricCatalog.KEY_COST, MetricCatalog.MODEL_COST, MetricCatalog.DETAIL_COST));
    private volatile UsageMeters usage = new UsageMeters(this, Labels.PLAIN);
    private final ConcurrentHashMap<InstanceName, List<Meter>> watched = new ConcurrentHashMap<>();

    private final Series<Tally> servedLater = new Series<>(provider -> retries(provider, "served"));
    private final Series<Tally> failedLater = new Series<>(provider -> retries(provider, "failed"));
    private final GenAiMetrics genAi;

    private GatewayMetrics(Generation generation) {
        genAi = new GenAiMetrics(generation);
    }

    /**
     * Makes what all metrics of the process share. The first metrics do it too: this is for a start that has something
     * else to do meanwhile.
     */
    public static void prepare() {
        Objects.requireNonNull(Meters.REGISTRY);
    }

    /** Starts counting, with the names for generative AI that most tools understand. */
    public static GatewayMetrics create(String version) {
        return create(version, Generation.V1);
    }

    /** Starts counting. */
    public static GatewayMetrics create(String version, Generation generation) {
        GatewayMetrics metrics = new GatewayMetrics(generation);
        metrics.gauge(MetricCatalog.IN_FLIGHT, metrics.inFlight::get);
        for (LoopName loop : LoopName.values()) {
            metrics.count(MetricCatalog.BACKGROUND_ERRORS, () -> Loop.errors(loop), Tag.create("loop", loop.label()));
        }
        metrics.gauge(MetricCatalog.BUILD, () -> 1, Tag.create("version", version));
        return metrics;
    }

    /** A request has begun; {@link #requestFinished} must follow. */
    public void requestStarted() {
        inFlight.incrementAndGet();
    }

    /**
     * A request has come to its end.
     *
     * @param failure what went wrong; null when nothing did
     * @param durationNanos from its head to the end of its response
     * @param overheadNanos the gateway's own share of it
     */
    public void requestFinished(
            Protocol protocol, boolean stream, @Nullable ErrorKind failure, long durationNanos, long overheadNanos) {
        inFlight.decrementAndGet();
        requests.finished(protocol, stream, failure, durationNanos, overheadNanos);
    }

    /** The first content of a response has come. */
    public void firstToken(ProviderName provider, long nanos) {
        firstTokenOf.of(provider.value()).record(nanos);
    }

    /** A provider has reported tokens. */
    public void tokens(ProviderName provider, Usage usage) {
        tokens.of(provider.value()).add(usage);
    }

    /** What keys and models are called from now on; the bound on series holds from the first call on. */
    public void label(Labels labels) {
        usage = new UsageMeters(this, labels);
        genAi.label(labels);
    }

    /**
     * A request of a known key has come to its end.
     *
     * @param model the model that served, else the one asked for; empty when the request did not come so far
     * @param failure what went wrong; null when nothing did
     * @param used its tokens; null when it used none
     * @param cost in billionths of a dollar; negative when the model has no price
     */
    public void used(KeyName key, String model, @Nullable ErrorKind failure, @Nullable Usage used, long cost) {
        usage.used(key.value(), model, failure == null ? OK : result(failure), used, cost);
    }

    /** Turned away by the gateway's own rules, or failed. */
    private static String result(ErrorKind failure) {
        return switch (failure) {
            case RATE_LIMIT, PERMISSION, DRAINING -> "refused";
            default -> "failed";
        };
    }

    /** An attempt at an instance has ended; failure is null when it was good. */
    public void attempt(InstanceName instance, @Nullable ErrorKind failure) {
        attempts.of(instance.value()).of(failure).increment();
    }

    /** A request needed more than one attempt. */
    public void retried(ProviderName provider, boolean served) {
        (served ? servedLater : failedLater).of(provider.value()).increment();
    }

    private Tally retries(String provider, String outcome) {
        return tally(MetricCatalog.RETRIES, Tag.create("provider", provider), Tag.create("outcome", outcome));
    }

    /** The metrics by OpenTelemetry's names for generative AI. */
    public GenAiMetrics genAi() {
        return genAi;
    }

    /** A relayed stream of an instance has held so many events that are not JSON. */
    public void malformedEvents(InstanceName instance, long events) {
        malformed.of(instance.value()).increment(events);
    }

    /** A limit of this name has turned a request away. */
    public void limited(String limit) {
        limited.of(limit).increment();
    }

    /** Watches the ledger: records written and lost since the start, and those that wait. */
    public void ledger(LongSupplier written, LongSupplier lost, LongSupplier waiting) {
        count(MetricCatalog.LEDGER, written, Tag.create("state", "written"));
        count(MetricCatalog.LEDGER, lost, Tag.create("state", "lost"));
        gauge(MetricCatalog.LEDGER_WAITING, () -> Math.clamp(waiting.getAsLong(), 0, Integer.MAX_VALUE));
    }

    /** Watches the log: lines written and lines dropped since the start. */
    public void logs(LongSupplier written, LongSupplier dropped) {
        count(MetricCatalog.LOG_LINES, written, Tag.create("state", "written"));
        count(MetricCatalog.LOG_LINES, dropped, Tag.create("state", "dropped"));
    }

    /** Watches connections to providers: those closed for bytes unasked for, and those no descriptor was left for. */
    public void lostConnections(LongSupplier discarded, LongSupplier shortages) {
        count(MetricCatalog.UPSTREAM_DISCARDED, discarded);
        count(MetricCatalog.UPSTREAM_SHORTAGES, shortages);
    }

    /** Watches the traces: spans exported and spans lost since the start. */
    public void traces(LongSupplier exported, LongSupplier lost) {
        count(MetricCatalog.TRACE_SPANS, exported, Tag.create("state", "exported"));
        count(MetricCatalog.TRACE_SPANS, lost, Tag.create("state", "lost"));
    }

    /**
     * Watches an instance; one that is watched already keeps what it is asked.
     *
     * @param active connections in use
     * @param idle connections kept
     * @param available whether it may be chosen: 1 or 0
     */
    public void instance(InstanceName instance, IntSupplier active, IntSupplier idle, IntSupplier available) {
        Tag name = Tag.create("instance", instance.value());
        watched.computeIfAbsent(
                instance,
                _ -> List.of(
                        gauge(MetricCatalog.UPSTREAM_CONNECTIONS, active, name, Tag.create("state", "active")),
                        gauge(MetricCatalog.UPSTREAM_CONNECTIONS, idle, name, Tag.create("state", "idle")),
                        gauge(MetricCatalog.INSTANCE_AVAILABLE, available, name)));
    }

    /** Watches an instance no more, because the configuration does not have it any more. */
    public void forget(InstanceName instance) {
        List<Meter> meters = watched.remove(instance);
        if (meters != null) {
            MAKING.lock();
            try {
                meters.forEach(registry::remove);
            } finally {
                MAKING.unlock();
            }
        }
    }

    /** Watches the configuration: its number, counted from 1, and 1 or 0 for whether the last one offered was taken. */
    public void configuration(IntSupplier generation, IntSupplier lastTaken) {
        gauge(MetricCatalog.CONFIG_GENERATION, generation);
        gauge(MetricCatalog.CONFIG_LAST_TAKEN, lastTaken);
    }

    /** A configuration was offered; false when it was refused. */
    public void reloaded(boolean taken) {
        counter(MetricCatalog.CONFIG_RELOADS, Tag.create("result", taken ? "success" : "failure"))
                .increment();
    }

    /** Watches how many requests wait for an instance. */
    public void waiting(IntSupplier waiting) {
        gauge(MetricCatalog.WAITING, waiting);
    }

    /** Watches the connections of clients. */
    public void clientConnections(IntSupplier open) {
        gauge(MetricCatalog.CLIENT_CONNECTIONS, open);
    }

    /** All metrics in Prometheus' text format. */
    public String prometheus() {
        counted.forEach(Counted::tell);
        tallies.values().forEach(Tally::tell);
        for (MeterRegistryFormatterProvider provider : ServiceLoader.load(MeterRegistryFormatterProvider.class)) {
            Optional<Object> text = provider.formatter(
                            MediaTypes.TEXT_PLAIN, Meters.CONFIG, registry, Optional.empty(), Set.of(), Set.of())
                    .flatMap(formatter -> formatter.format());
            if (text.isPresent()) {
                StringBuilder out = new StringBuilder(text.get().toString());
                requests.expose(out);
                firstTokens.expose(out);
                costs.expose(out);
                genAi.expose(out);
                return out.toString();
            }
        }
        return "";
    }

    /** The media type of {@link #prometheus()}. */
    public String prometheusContentType() {
        return "text/plain; version=0.0.4; charset=utf-8";
    }

    static Histogram histogram(Metric metric, Duration... buckets) {
        long[] bounds = new long[buckets.length];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = buckets[i].toNanos();
        }
        return new Histogram(metric.name() + "_seconds", metric.meaning(), bounds, NANOS_PER_SECOND);
    }

    /** Labels as the library exposes them, with the scope that it gives all its meters. */
    static String labels(Tag... tags) {
        StringBuilder labels = new StringBuilder();
        for (Tag tag : tags) {
            labels.append(Histogram.label(tag.key(), tag.value())).append(',');
        }
        return labels.append(Histogram.label("scope", "gateway")).toString();
    }

    /** A counter for the path of requests; the same one whenever it is asked for. */
    Tally tally(Metric metric, Tag... tags) {
        return tallies.computeIfAbsent(metric.name() + labels(tags), _ -> new Tally(counter(metric, tags)));
    }

    private Counter counter(Metric metric, Tag... tags) {
        return make(Counter.builder(metric.name()).description(metric.meaning()).tags(List.of(tags)));
    }

    private <M extends Meter, B extends Meter.Builder<B, M>> M make(B builder) {
        MAKING.lock();
        try {
            return registry.getOrCreate(builder);
        } finally {
            MAKING.unlock();
        }
    }

    /** Counts what somebody else has counted already: it is told when the metrics are read. */
    void count(Metric metric, LongSupplier value, Tag... tags) {
        counted.add(new Counted(counter(metric, tags), value, new AtomicLong()));
    }

    // a counter of the registry that asks a function holds it weakly, and stands still once it was collected
    private record Counted(Counter counter, LongSupplier value, AtomicLong told) {
        void tell() {
            long now = value.getAsLong();
            long before = told.getAndAccumulate(now, Math::max);
            if (now > before) {
                counter.increment(now - before);
            }
        }
    }

    /** A number that is not an {@code int}. */
    Meter amount(Metric metric, LongSupplier value, Tag... tags) {
        return make(io.helidon.metrics.api.Gauge.builder(metric.name(), value::getAsLong)
                .description(metric.meaning())
                .tags(List.of(tags)));
    }

    /** What keys and models have cost. */
    CostCounters costs() {
        return costs;
    }

    private Meter gauge(Metric metric, IntSupplier value, Tag... tags) {
        return amount(metric, value::getAsInt, tags);
    }

    /** The outcome counters of one instance, each made when it first happens. */
    private final class Outcomes {
        private final AtomicReferenceArray<@Nullable Tally> counters = new AtomicReferenceArray<>(OUTCOMES);
        private final Tag name;

        Outcomes(String instance) {
            name = Tag.create("instance", instance);
        }

        Tally of(@Nullable ErrorKind failure) {
            int index = failure == null ? 0 : failure.ordinal() + 1;
            Tally known = counters.get(index);
            if (known != null) {
                return known;
            }
            String outcome = failure == null ? OK : failure.wire();
            Tally made = tally(MetricCatalog.ATTEMPTS, name, Tag.create("outcome", outcome));
            counters.set(index, made);
            return made;
        }
    }
}
