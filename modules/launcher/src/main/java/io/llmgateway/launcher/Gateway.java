package io.llmgateway.launcher;

import io.llmgateway.auth.Authenticator;
import io.llmgateway.balancing.Balancer;
import io.llmgateway.converters.Protocols;
import io.llmgateway.ledger.Ledger;
import io.llmgateway.limits.Limiter;
import io.llmgateway.metrics.GatewayMetrics;
import io.llmgateway.model.Secret;
import io.llmgateway.pipeline.Prober;
import io.llmgateway.pipeline.RequestIds;
import io.llmgateway.pipeline.RequestPipeline;
import io.llmgateway.pipeline.RetryBudget;
import io.llmgateway.pipeline.Services;
import io.llmgateway.pipeline.Snapshot;
import io.llmgateway.routing.Router;
import io.llmgateway.server.AdminListener;
import io.llmgateway.server.DataListener;
import io.llmgateway.server.ListenerLimits;
import io.llmgateway.settings.AdminSettings;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.ServerSettings;
import io.llmgateway.upstream.ErrorClassifier;
import io.llmgateway.upstream.HttpTransport;
import io.llmgateway.upstream.Providers;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A running gateway: the composition of all modules. Several may run in one process. Thread-safe.
 *
 * <pre>{@code
 * try (Gateway gateway = Gateway.start(settings)) {
 *     System.out.println(gateway.port());
 * }
 * }</pre>
 */
public final class Gateway implements AutoCloseable {
    private static final long DRAIN_POLL_NANOS = 20_000_000L;

    private final RequestPipeline pipeline;
    private final HttpTransport transport;
    private final Ledger ledger;
    private final DataListener data;
    private final @Nullable AdminListener admin;
    private final Prober prober;
    private final LongSupplier nanoTime;

    private Gateway(
            RequestPipeline pipeline,
            HttpTransport transport,
            Ledger ledger,
            DataListener data,
            @Nullable AdminListener admin,
            Prober prober,
            LongSupplier nanoTime) {
        this.pipeline = pipeline;
        this.transport = transport;
        this.ledger = ledger;
        this.data = data;
        this.admin = admin;
        this.prober = prober;
        this.nanoTime = nanoTime;
    }

    /**
     * Starts a gateway with validated settings.
     *
     * @throws IOException when a listener cannot be opened or a trust file cannot be read
     */
    public static Gateway start(GatewaySettings settings) throws IOException {
        LongSupplier nanoTime = System::nanoTime;
        Clock clock = Clock.systemUTC();
        GatewayMetrics metrics = GatewayMetrics.create(Version.text());
        Ledger ledger = Accounts.open(settings.accounting(), clock, metrics);
        HttpTransport transport = new HttpTransport(nanoTime);
        try {
            Limiter limiter = new Limiter(settings, nanoTime, clock);
            Accounts.restore(limiter, ledger);
            Snapshot snapshot = snapshot(settings, limiter, transport, metrics, clock);
            Services services = new Services(
                    Protocols.load(nanoTime),
                    transport,
                    new ErrorClassifier(clock),
                    metrics,
                    ledger,
                    new RetryBudget(),
                    new RequestIds(new SecureRandom().nextLong()),
                    nanoTime,
                    clock,
                    ThreadLocalRandom::current);
            RequestPipeline pipeline = new RequestPipeline(services, () -> snapshot);
            watch(metrics, snapshot.balancer());
            Prober prober = new Prober(services, () -> snapshot);
            ServerSettings server = settings.server();
            DataListener data = DataListener.open(address(server), limits(server), pipeline, nanoTime);
            metrics.clientConnections(data::connections);
            AdminListener admin = admin(settings.admin(), metrics, snapshot, ledger, data);
            return new Gateway(pipeline, transport, ledger, data, admin, prober, nanoTime);
        } catch (IOException | RuntimeException e) {
            transport.close();
            ledger.close();
            throw e;
        }
    }

    private static @Nullable AdminListener admin(
            AdminSettings settings, GatewayMetrics metrics, Snapshot snapshot, Ledger ledger, DataListener data) {
        if (!settings.enabled()) {
            return null;
        }
        List<Secret> keys = Stream.of(settings.key(), settings.readKey())
                .filter(key -> !key.isEmpty())
                .toList();
        try {
            return AdminListener.open(
                    settings.host(),
                    settings.port(),
                    keys,
                    Map.of(
                            "/metrics",
                            new AdminListener.Page(metrics.prometheusContentType(), _ -> metrics.prometheus()),
                            "/instances",
                            new AdminListener.Page("application/json", _ -> InstancesPage.text(snapshot.balancer())),
                            "/limits",
                            new AdminListener.Page(
                                    "application/json",
                                    _ -> LimitsPage.text(snapshot.limiter().statuses())),
                            "/usage",
                            new AdminListener.Page("application/json", query -> UsagePage.text(ledger, query))));
        } catch (RuntimeException e) {
            data.close();
            throw e;
        }
    }

    private static void watch(GatewayMetrics metrics, Balancer balancer) {
        metrics.waiting(balancer::waiting);
        balancer.statuses()
                .forEach(status -> metrics.available(status.instance(), () -> balancer.available(status.instance())));
    }

    private static Snapshot snapshot(
            GatewaySettings settings, Limiter limiter, HttpTransport transport, GatewayMetrics metrics, Clock clock)
            throws IOException {
        return new Snapshot(
                new Authenticator(settings, clock, System::nanoTime),
                limiter,
                settings.accounting().prices(),
                new Router(settings),
                new Balancer(settings, System::nanoTime, ThreadLocalRandom::current),
                Upstreams.open(settings, Providers.load(), transport, metrics),
                settings.server().revealHeaders());
    }

    private static DataListener.Address address(ServerSettings server) {
        return new DataListener.Address(server.host(), server.port(), server.tls());
    }

    private static ListenerLimits limits(ServerSettings server) {
        return new ListenerLimits(
                server.maxBody().bytes(),
                server.maxHeaders(),
                server.maxConnections(),
                server.timeouts().header(),
                server.timeouts().body(),
                server.timeouts().writeStall(),
                server.timeouts().idle());
    }

    /** The port applications talk to. */
    public int port() {
        return data.port();
    }

    /** The port operators talk to; empty when that listener is switched off. */
    public Optional<Integer> adminPort() {
        return Optional.ofNullable(admin).map(AdminListener::port);
    }

    /** Requests under way. */
    public int inFlight() {
        return pipeline.inFlight();
    }

    /**
     * Takes no new work and waits for what is under way.
     *
     * @param deadline how long to wait at most
     * @return true when everything came to its own end
     */
    public boolean drain(Duration deadline) {
        pipeline.drain();
        long end = nanoTime.getAsLong() + deadline.toNanos();
        while (pipeline.inFlight() > 0 && nanoTime.getAsLong() - end < 0) {
            LockSupport.parkNanos(DRAIN_POLL_NANOS);
        }
        return pipeline.inFlight() == 0;
    }

    @Override
    public void close() {
        prober.close();
        data.close();
        if (admin != null) {
            admin.close();
        }
        transport.close();
        ledger.close();
    }
}
