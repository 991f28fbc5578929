package io.llmgateway.launcher;

import io.llmgateway.admin.AdminResources;
import io.llmgateway.admin.ReloadReport;
import io.llmgateway.converters.Protocols;
import io.llmgateway.ledger.Ledger;
import io.llmgateway.logs.Logs;
import io.llmgateway.metrics.GatewayMetrics;
import io.llmgateway.metrics.GenAiGeneration;
import io.llmgateway.pipeline.HeavyWork;
import io.llmgateway.pipeline.MemoryBudget;
import io.llmgateway.pipeline.Prober;
import io.llmgateway.pipeline.RelayLimits;
import io.llmgateway.pipeline.RequestIds;
import io.llmgateway.pipeline.RequestPipeline;
import io.llmgateway.pipeline.RetryBudget;
import io.llmgateway.pipeline.Services;
import io.llmgateway.server.AdminListener;
import io.llmgateway.server.DataListener;
import io.llmgateway.server.ListenerTls;
import io.llmgateway.settings.AdminSettings;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.GenAiConventions;
import io.llmgateway.settings.MemorySettings;
import io.llmgateway.settings.ServerSettings;
import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import io.llmgateway.traces.Traces;
import io.llmgateway.upstream.ErrorClassifier;
import io.llmgateway.upstream.HttpTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A running gateway: the composition of all modules. Several may run in one process; the process's metrics are
 * then the sums of theirs. Thread-safe.
 *
 * <pre>{@code
 * try (Gateway gateway = Gateway.start(settings)) {
 *     System.out.println(gateway.port());
 * }
 * }</pre>
 */
public final class Gateway implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Gateway.class.getName());
    private static final long DRAIN_POLL_NANOS = 20_000_000L;
    private static final Duration BETWEEN_RESTORES = Duration.ofSeconds(5);
    /** How long requests that are ended may take to tell their clients. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Snapshots snapshots;
    private final RequestPipeline pipeline;
    private final HttpTransport transport;
    private final Ledger ledger;
    private final Traces traces;
    private final MemoryBudget memory;
    private final DataListener data;
    private final Prober prober;
    private final @Nullable Reloader reloader;
    private final @Nullable AdminListener admin;
    private final @Nullable ConfigWatch watch;
    private final Loop restore;
    private final LongSupplier nanoTime;

    private Gateway(Parts parts, @Nullable Reloader reloader) throws IOException {
        this.snapshots = parts.snapshots();
        this.pipeline = parts.pipeline();
        this.transport = parts.transport();
        this.ledger = parts.ledger();
        this.traces = parts.traces();
        this.memory = parts.services().memory();
        this.nanoTime = parts.nanoTime();
        this.reloader = reloader;
        GatewaySettings settings = snapshots.active().settings();
        parts.metrics().waiting(() -> snapshots.get().balancer().waiting());
        Optional<ListenerTls> dataTls = ListenerParts.tls(settings.server().tls());
        Optional<ListenerTls> adminTls = ListenerParts.tls(settings.admin().tls());
        if (reloader != null) {
            reloader.follow(next -> ListenerParts.renew(dataTls, next.server().tls()));
            reloader.follow(next -> ListenerParts.renew(adminTls, next.admin().tls()));
        }
        ServerSettings server = settings.server();
        this.data = DataListener.open(
                new DataListener.Address(server.host(), server.port(), dataTls),
                ListenerParts.limits(server, parts.connections().connections()),
                ListenerParts.edge(server.access()),
                pipeline,
                nanoTime);
        parts.metrics().clientConnections(data::connections);
        parts.metrics().shedConnections(data::evicted, data::refused, data::unannounced);
        memory.beside(() -> ConnectionBudget.busyBytes(data.connections()), ConnectionBudget.ceiling());
        this.admin = admin(settings.admin(), adminTls, parts);
        this.prober = new Prober(parts.services(), snapshots);
        this.restore = Loop.every(LoopName.USAGE_RESTORE, BETWEEN_RESTORES, snapshots::restoreAgain);
        this.watch = reloader != null && settings.reload().watch()
                ? new ConfigWatch(reloader, settings.reload().interval())
                : null;
    }

    /** What a gateway is put together from. */
    private record Parts(
            ConnectionBudget connections,
            Snapshots snapshots,
            Services services,
            RequestPipeline pipeline,
            HttpTransport transport,
            Ledger ledger,
            Traces traces,
            GatewayMetrics metrics,
            LongSupplier nanoTime) {}

    /**
     * Starts a gateway with validated settings, which then hold until it stops.
     *
     * @throws IOException when a listener cannot be opened or a trust file cannot be read
     */
    public static Gateway start(GatewaySettings settings) throws IOException {
        return start(settings, null, Set.of(), Logs.none());
    }

    /**
     * Starts a gateway whose settings can be read again.
     *
     * @param settings as they were read
     * @param source where they are read again; null when they cannot be
     * @param files the files that they were read from, to be watched
     * @param logs where requests are logged; stays open, since it belongs to the process
     * @throws IOException when a listener cannot be opened, a trust file cannot be read, or the process may open too
     *     few files
     */
    public static Gateway start(GatewaySettings settings, @Nullable ConfigSource source, Set<Path> files, Logs logs)
            throws IOException {
        return start(settings, source, files, logs, false);
    }

    private static Gateway start(
            GatewaySettings settings, @Nullable ConfigSource source, Set<Path> files, Logs logs, boolean warming)
            throws IOException {
        ConnectionBudget connections = ProcessLimits.connections(settings);
        connections.check();
        connections.log(LOG);
        GatewayMetrics metrics = GatewayMetrics.create(Version.text(), generation(settings.genAi()));
        return start(settings, new Start(source, files, logs, metrics, warming), connections);
    }

    /** Starts one beside the gateway of this process, of which nobody gets to know; it counts for nobody. */
    static Gateway beside(GatewaySettings settings, Logs logs) throws IOException {
        return start(
                settings,
                new Start(null, Set.of(), logs, GatewayMetrics.detached(), false),
                ProcessLimits.connections(settings));
    }

    /**
     * What a gateway starts with besides its settings.
     *
     * @param source where they are read again; null when they cannot be
     * @param warming true when it says that it is not ready until it has warmed up
     */
    private record Start(
            @Nullable ConfigSource source, Set<Path> files, Logs logs, GatewayMetrics metrics, boolean warming) {}

    private static Gateway start(GatewaySettings settings, Start with, ConnectionBudget connections)
            throws IOException {
        LongSupplier nanoTime = System::nanoTime;
        Clock clock = Clock.systemUTC();
        GatewayMetrics metrics = with.metrics;
        Logs logs = with.logs;
        ConfigSource source = with.source;
        Ledger ledger = LedgerFactory.open(settings.usage(), clock, metrics);
        Traces traces = Traces.open(settings.tracing(), settings.genAi(), ThreadLocalRandom::current);
        metrics.logs(logs::written, logs::dropped);
        metrics.traces(traces::exported, traces::lost);
        HttpTransport transport = new HttpTransport(nanoTime, connections.toProviders());
        metrics.lostConnections(transport::discardedConnections, transport::descriptorShortages);
        try {
            Snapshots snapshots = new Snapshots(transport, metrics, ledger, clock, nanoTime);
            snapshots.put(settings);
            MemoryBudget memory = memory(settings.server().memory(), metrics, nanoTime);
            LogAndTraceObserver observing = new LogAndTraceObserver(logs, traces);
            Services services = services(transport, metrics, ledger, observing, memory, nanoTime);
            RequestPipeline pipeline = new RequestPipeline(services, snapshots);
            if (with.warming) {
                pipeline.warmUp();
            }
            Reloader reloader = source == null ? null : new Reloader(source, with.files, snapshots, metrics, clock);
            if (reloader != null) {
                reloader.follow(changed -> logs.apply(changed.logging()));
                reloader.follow(changed -> traces.apply(changed.tracing()));
                reloader.follow(
                        changed -> memory.configure(bytes(changed.server().memory()), maxWait(changed)));
            }
            return new Gateway(
                    new Parts(connections, snapshots, services, pipeline, transport, ledger, traces, metrics, nanoTime),
                    reloader);
        } catch (IOException | RuntimeException e) {
            transport.close();
            ledger.close();
            traces.close();
            throw e;
        }
    }

    /**
     * Starts a gateway for a process that ends when that fails: the log is then closed, with all that it holds. It
     * warms up while it serves already.
     */
    static Gateway startOrClose(GatewaySettings settings, @Nullable ConfigSource source, Set<Path> files, Logs logs)
            throws IOException {
        Duration warmUp = settings.server().warmUp();
        try {
            Gateway gateway = start(settings, source, files, logs, !warmUp.isZero());
            WarmUp.beside(gateway, warmUp);
            return gateway;
        } catch (IOException | RuntimeException e) {
            logs.close();
            throw e;
        }
    }

    private static Services services(
            HttpTransport transport,
            GatewayMetrics metrics,
            Ledger ledger,
            LogAndTraceObserver observing,
            MemoryBudget memory,
            LongSupplier nanoTime) {
        Clock clock = Clock.systemUTC();
        return new Services(
                Protocols.load(nanoTime),
                transport,
                new ErrorClassifier(clock),
                metrics,
                ledger,
                observing,
                new RetryBudget(),
                RelayLimits.DEFAULT,
                memory,
                new HeavyWork(Runtime.getRuntime().availableProcessors(), nanoTime),
                new RequestIds(new SecureRandom().nextLong()),
                nanoTime,
                clock,
                ThreadLocalRandom::current);
    }

    private static MemoryBudget memory(MemorySettings settings, GatewayMetrics metrics, LongSupplier nanoTime) {
        MemoryBudget memory = new MemoryBudget(bytes(settings), settings.maxWait(), nanoTime);
        metrics.memory(memory::used, memory::capacity, memory::waiting, memory::refused);
        return memory;
    }

    private static long bytes(MemorySettings settings) {
        return settings.budget().of(Runtime.getRuntime().maxMemory());
    }

    private static Duration maxWait(GatewaySettings settings) {
        return settings.server().memory().maxWait();
    }

    private static GenAiGeneration generation(GenAiConventions conventions) {
        return switch (conventions) {
            case V1 -> GenAiGeneration.V1;
            case V2 -> GenAiGeneration.V2;
        };
    }

    private @Nullable AdminListener admin(AdminSettings settings, Optional<ListenerTls> tls, Parts parts)
            throws IOException {
        if (!settings.enabled()) {
            return null;
        }
        AdminResources resources = new AdminResources(snapshots::active, pipeline, parts.metrics(), ledger, reloader);
        try {
            return AdminListener.open(
                    new DataListener.Address(settings.host(), settings.port(), tls),
                    parts.connections().operators(),
                    this::adminKeys,
                    resources.all(),
                    nanoTime);
        } catch (IOException | RuntimeException e) {
            data.close();
            throw e;
        }
    }

    private AdminListener.Keys adminKeys() {
        AdminSettings current = snapshots.active().settings().admin();
        return new AdminListener.Keys(current.key(), current.readKey());
    }

    /** The port applications talk to. */
    public int port() {
        return data.port();
    }

    /** The port operators talk to; empty when that listener is switched off. */
    public Optional<Integer> adminPort() {
        return Optional.ofNullable(admin).map(AdminListener::port);
    }

    /** Tells load balancers that it is ready, unless it leaves already. */
    void warmedUp() {
        pipeline.warmedUp();
    }

    /** Whether connections can be made to every listener, tried with one each; true while the gateway stops. */
    boolean accepts() {
        return !pipeline.ready() || (data.accepts() && (admin == null || admin.accepts()));
    }

    /** Requests under way. */
    public int inFlight() {
        return pipeline.inFlight();
    }

    /** Bytes that large requests and responses hold. */
    public long memoryUsed() {
        return memory.used();
    }

    /** Connections to providers that are in use, of the instances configured now. */
    public int upstreamInUse() {
        return snapshots.get().providers().values().stream()
                .flatMap(provider -> provider.instances().values().stream())
                .mapToInt(instance -> instance.pool().activeCount())
                .sum();
    }

    /** Everything the admin listener serves; empty when it is switched off. */
    public List<AdminListener.Route> adminRoutes() {
        return admin == null ? List.of() : admin.routes();
    }

    /** What holds now of how the gateway stops. */
    public ServerSettings.ShutdownTimes drainSettings() {
        return snapshots.active().settings().server().shutdown();
    }

    /**
     * Reads the configuration again and applies it when it is good; else what is active stays.
     *
     * @param trigger who asks, for the log
     * @return empty when the gateway was started without a place to read it from
     */
    public Optional<ReloadReport> reload(String trigger) {
        return Optional.ofNullable(reloader).map(found -> found.reload(trigger));
    }

    /**
     * Comes to an end in order: says at once that it is not ready, goes on taking requests for a while, then takes none
     * and waits for what is under way; what is left after the grace period is ended in its client's protocol.
     *
     * @return true when everything came to its own end
     */
    public boolean drain(ServerSettings.ShutdownTimes how) {
        pipeline.leave();
        LockSupport.parkNanos(how.acceptPeriod().toNanos());
        pipeline.drain();
        if (idleWithin(how.gracePeriod())) {
            return true;
        }
        data.stopRequests();
        idleWithin(LAST_WORDS);
        return false;
    }

    private boolean idleWithin(Duration longest) {
        long end = nanoTime.getAsLong() + longest.toNanos();
        while (pipeline.inFlight() > 0 && nanoTime.getAsLong() - end < 0) {
            LockSupport.parkNanos(DRAIN_POLL_NANOS);
        }
        return pipeline.inFlight() == 0;
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
        restore.close();
        prober.close();
        data.close();
        if (admin != null) {
            admin.close();
        }
        transport.close();
        ledger.close();
        traces.close();
    }
}
