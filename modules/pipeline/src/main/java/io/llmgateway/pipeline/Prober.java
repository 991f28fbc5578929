package io.llmgateway.pipeline;

import io.llmgateway.balancing.Balancer.ToProbe;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.ModelName;
import io.llmgateway.pipeline.Snapshot.ProviderRuntime;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.upstream.Call;
import io.llmgateway.upstream.Cancellation;
import io.llmgateway.upstream.Exchange;
import io.llmgateway.upstream.Headers;
import io.llmgateway.upstream.Provider.Operation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Asks instances how they are, where the configuration wants it, by their list of models: the cheapest question every
 * provider answers. One thread looks who is due, each question has a thread of its own. Thread-safe.
 */
public final class Prober implements AutoCloseable {
    private static final long LOOK_NANOS = 250_000_000L;
    private static final long ANSWER_NANOS = 5_000_000_000L;
    private static final int SERVER_ERROR = 500;
    private static final int TOO_MANY = 429;

    private final Services services;
    private final Supplier<Snapshot> snapshots;
    private final Thread thread;
    private volatile boolean running = true;

    /** Begins to look. */
    public Prober(Services services, Supplier<Snapshot> snapshots) {
        this.services = services;
        this.snapshots = snapshots;
        this.thread = Thread.ofPlatform().name("prober").daemon().start(this::run);
    }

    private void run() {
        while (running) {
            LockSupport.parkNanos(LOOK_NANOS);
            Snapshot snapshot = snapshots.get();
            for (ToProbe due : snapshot.balancer().dueForProbe()) {
                Thread.ofVirtual().name("probe").start(() -> snapshot.balancer().probed(due, ask(snapshot, due)));
            }
        }
    }

    private Optional<ErrorKind> ask(Snapshot snapshot, ToProbe due) {
        ProviderRuntime provider = snapshot.provider(due.provider().name());
        InstanceSettings instance = due.instance();
        String version = due.provider().apiVersion();
        Headers headers = new Headers().add("Accept", "application/json").add("User-Agent", "llm-gateway");
        provider.type().authenticate(headers, instance.apiKey(), version);
        instance.headers()
                .forEach(header -> headers.add(header.name(), header.value().reveal()));
        long deadline = services.now() + ANSWER_NANOS;
        String path = provider.type()
                .path(Operation.LIST_MODELS, ModelName.parse("any").orElseThrow(), version);
        Call call = new Call("GET", path, headers, List.of(), ErrorKind.TIMEOUT_FIRST_TOKEN, deadline, deadline);
        var pool = provider.instances().get(instance.name());
        if (pool == null) {
            return Optional.empty();
        }
        try (Exchange exchange = services.transport().send(pool.pool(), call, new Cancellation())) {
            boolean well = exchange.status() < SERVER_ERROR && exchange.status() != TOO_MANY;
            return well ? Optional.empty() : Optional.of(ErrorKind.UPSTREAM_SERVER);
        } catch (GatewayException e) {
            return Optional.of(e.error().kind());
        }
    }

    @Override
    public void close() {
        running = false;
        LockSupport.unpark(thread);
    }
}
