package io.llmgateway.metrics;

import io.helidon.common.media.type.MediaTypes;
import io.helidon.metrics.api.Meter;
import io.helidon.metrics.api.Tag;
import io.helidon.metrics.spi.MeterRegistryFormatterProvider;
import io.llmgateway.metrics.Meters.Present;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.Usage;
import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
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
    private static final int OUTCOMES = ErrorKind.values().length + 1;

    private final Meters meters;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final RequestMeters requests;
    private final Histogram firstTokens = Histogram.ofTimes(MetricCatalog.FIRST_TOKEN, MetricCatalog.REQUEST_BUCKETS);
    private final Series<Histogram.Cells> firstTokenOf =
            new Series<>(provider -> firstTokens.of(Histogram.labels(Tag.create("provider", provider))));
    private final Series<TokenCounters> tokens = new Series<>(this::tokensOf);
    private final Series<Tally> limited = new Series<>(this::limitedBy);
    private final Series<Outcomes> attempts = new Series<>(Outcomes::new);
    private final Series<Tally> malformed = new Series<>(this::malformedOf);

    private final CostCounters costs =
            new CostCounters(List.of(MetricCatalog.KEY_COST, MetricCatalog.MODEL_COST, MetricCatalog.DETAIL_COST));
    private volatile UsageMeters usage;
    private final ConcurrentHashMap<InstanceName, List<Meter>> watched = new ConcurrentHashMap<>();

    private final Series<Tally> servedLater = new Series<>(provider -> retries(provider, "served"));
    private final Series<Tally> failedLater = new Series<>(provider -> retries(provider, "failed"));
    private final GenAiMetrics genAi;

    private GatewayMetrics(GenAiGeneration generation, boolean detached) {
        meters = new Meters(detached);
        requests = new RequestMeters(meters);
        usage = new UsageMeters(meters, costs, Labels.PLAIN);
        genAi = new GenAiMetrics(generation);
    }

    private TokenCounters tokensOf(String provider) {
        return new TokenCounters(meters, MetricCatalog.TOKENS, Tag.create("provider", provider));
    }

    private Tally malformedOf(String instance) {
        return meters.tally(MetricCatalog.MALFORMED_EVENTS, Tag.create("instance", instance));
    }

    private Tally limitedBy(String limit) {
        return meters.tally(MetricCatalog.LIMITED, Tag.create("limit", limit));
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
        return create(version, GenAiGeneration.V1);
    }

    /** Counts for a gateway of which nothing is to be seen: {@link #prometheus} does not know it. */
    public static GatewayMetrics detached() {
        return new GatewayMetrics(GenAiGeneration.V1, true);
    }

    /** Starts counting. */
    public static GatewayMetrics create(String version, GenAiGeneration generation) {
        GatewayMetrics metrics = new GatewayMetrics(generation, false);
        metrics.meters.gauge(MetricCatalog.IN_FLIGHT, metrics.inFlight::get);
        for (LoopName loop : LoopName.values()) {
            metrics.meters.count(
                    MetricCatalog.BACKGROUND_ERRORS, () -> Loop.errors(loop), Tag.create("loop", loop.label()));
        }
        metrics.meters.gauge(MetricCatalog.BUILD, () -> 1, Tag.create("version", version));
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
        usage = new UsageMeters(meters, costs, labels);
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
        usage.used(key.value(), model, failure == null ? MetricCatalog.OK : result(failure), used, cost);
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
        return meters.tally(MetricCatalog.RETRIES, Tag.create("provider", provider), Tag.create("outcome", outcome));
    }

    /** The metrics by OpenTelemetry's names for generative AI. */
    public GenAiMetrics genAi() {
        return genAi;
    }

    /** A relayed stream of an instance has held so many events that are not JSON. */
    public void malformedEvents(InstanceName instance, long events) {
        malformed.of(instance.value()).add(events);
    }

    /** A limit of this name has turned a request away. */
    public void limited(String limit) {
        limited.of(limit).increment();
    }

    /** Watches the ledger: records written and lost since the start, and those that wait. */
    public void ledger(LongSupplier written, LongSupplier lost, LongSupplier waiting) {
        meters.count(MetricCatalog.LEDGER, written, Tag.create("state", "written"));
        meters.count(MetricCatalog.LEDGER, lost, Tag.create("state", "lost"));
        meters.gauge(MetricCatalog.LEDGER_WAITING, () -> Math.clamp(waiting.getAsLong(), 0, Integer.MAX_VALUE));
    }

    /** Watches the log: lines written and lines dropped since the start. */
    public void logs(LongSupplier written, LongSupplier dropped) {
        meters.count(MetricCatalog.LOG_LINES, written, Tag.create("state", "written"));
        meters.count(MetricCatalog.LOG_LINES, dropped, Tag.create("state", "dropped"));
    }

    /** Watches connections to providers: those closed for bytes unasked for, and those no descriptor was left for. */
    public void lostConnections(LongSupplier discarded, LongSupplier shortages) {
        meters.count(MetricCatalog.UPSTREAM_DISCARDED, discarded);
        meters.count(MetricCatalog.UPSTREAM_SHORTAGES, shortages);
    }

    /** Watches the traces: spans exported and spans lost since the start. */
    public void traces(LongSupplier exported, LongSupplier lost) {
        meters.count(MetricCatalog.TRACE_SPANS, exported, Tag.create("state", "exported"));
        meters.count(MetricCatalog.TRACE_SPANS, lost, Tag.create("state", "lost"));
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
                _ -> meters.gauges(
                        name,
                        List.of(
                                new Present(MetricCatalog.UPSTREAM_CONNECTIONS, active, Tag.create("state", "active")),
                                new Present(MetricCatalog.UPSTREAM_CONNECTIONS, idle, Tag.create("state", "idle")),
                                new Present(MetricCatalog.INSTANCE_AVAILABLE, available, null))));
    }

    /** Watches an instance no more, because the configuration does not have it any more. */
    public void forget(InstanceName instance) {
        List<Meter> gone = watched.remove(instance);
        if (gone != null) {
            meters.remove(gone);
        }
    }

    /** Watches the configuration: its number, counted from 1, and 1 or 0 for whether the last one offered was taken. */
    public void configuration(IntSupplier generation, IntSupplier lastTaken) {
        meters.gauge(MetricCatalog.CONFIG_GENERATION, generation);
        meters.gauge(MetricCatalog.CONFIG_LAST_TAKEN, lastTaken);
    }

    /** A configuration was offered; false when it was refused. */
    public void reloaded(boolean taken) {
        meters.tally(MetricCatalog.CONFIG_RELOADS, Tag.create("result", taken ? "success" : "failure"))
                .increment();
    }

    /** Watches how many requests wait for an instance. */
    public void waiting(IntSupplier waiting) {
        meters.gauge(MetricCatalog.WAITING, waiting);
    }

    /** Watches the connections of clients. */
    public void clientConnections(IntSupplier open) {
        meters.gauge(MetricCatalog.CLIENT_CONNECTIONS, open);
    }

    /**
     * Watches connections of clients that are ended without an answer; every number is asked when the metrics are read.
     *
     * @param crowded closed to make room, since the start
     * @param address refused since their address had too many, since the start
     * @param proxy closed since a trusted proxy did not say whose they are, since the start
     */
    public void shedConnections(LongSupplier crowded, LongSupplier address, LongSupplier proxy) {
        ConnectionMetrics.watch(meters, crowded, address, proxy);
    }

    /**
     * Watches the memory of large requests and answers; every number is asked when the metrics are read.
     *
     * @param used bytes held now
     * @param budget bytes that may be held
     * @param waiting requests that wait
     * @param refused requests refused since the start
     */
    public void memory(LongSupplier used, LongSupplier budget, LongSupplier waiting, LongSupplier refused) {
        MemoryMetrics.watch(meters, used, budget, waiting, refused);
    }

    /** All metrics in Prometheus' text format. */
    public String prometheus() {
        meters.tell();
        for (MeterRegistryFormatterProvider provider : ServiceLoader.load(MeterRegistryFormatterProvider.class)) {
            Optional<Object> text = provider.formatter(
                            MediaTypes.TEXT_PLAIN, Meters.CONFIG, Meters.REGISTRY, Optional.empty(), Set.of(), Set.of())
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
            String outcome = failure == null ? MetricCatalog.OK : failure.wire();
            Tally made = meters.tally(MetricCatalog.ATTEMPTS, name, Tag.create("outcome", outcome));
            counters.set(index, made);
            return made;
        }
    }
}
