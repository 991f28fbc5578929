package io.llmgateway.pipeline;

import io.llmgateway.balancing.Balancer.ToProbe;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.pipeline.Snapshot.ProviderRuntime;
import io.llmgateway.settings.InstanceSettings;
import io.llmgateway.threads.Loop;
import io.llmgateway.threads.LoopName;
import io.llmgateway.upstream.Call;
import io.llmgateway.upstream.Cancellation;
import io.llmgateway.upstream.Exchange;
import io.llmgateway.upstream.Provider.Operation;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Asks instances how they are, where the configuration wants it, by their list of models: the cheapest question every
 * provider answers. One thread looks who is due, each question has a thread of its own. Thread-safe.
 */
public final class Prober implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Prober.class.getName());
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final long ANSWER_NANOS = 5_000_000_000L;
    private static final int OK = 200;
    private static final int REDIRECTS = 300;
    private static final int SERVER_ERROR = 500;
    private static final int NOT_IMPLEMENTED = 501;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY = 429;

    private final Services services;
    private final Supplier<Snapshot> snapshots;
    private final Loop loop;

    /** Begins to look. */
    public Prober(Services services, Supplier<Snapshot> snapshots) {
        this.services = services;
        this.snapshots = snapshots;
        this.loop = Loop.every(LoopName.PROBER, LOOK, this::look);
    }

    private void look() {
        Snapshot snapshot = snapshots.get();
        for (ToProbe due : snapshot.balancer().dueForProbe()) {
            Thread.ofVirtual()
                    .name("probe")
                    .start(() -> snapshot.balancer()
                            .probed(due, outcome(due.instance().name(), () -> ask(snapshot, due))));
        }
    }

    /** A question that cannot even be asked is one without a good answer. */
    static Optional<ErrorKind> outcome(InstanceName instance, Supplier<Optional<ErrorKind>> question) {
        try {
            return question.get();
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            LOG.log(System.Logger.Level.ERROR, "the health check of instance " + instance.value() + " failed", e);
            return Optional.of(ErrorKind.INTERNAL);
        }
    }

    private Optional<ErrorKind> ask(Snapshot snapshot, ToProbe due) {
        ProviderRuntime provider = snapshot.provider(due.provider().name());
        InstanceSettings instance = due.instance();
        Call call = ModelQuestion.to(provider, instance, Operation.LIST_MODELS, services.now() + ANSWER_NANOS);
        var pool = provider.instances().get(instance.name());
        if (pool == null) {
            return Optional.empty();
        }
        try (Exchange exchange = services.transport().send(pool.pool(), call, new Cancellation())) {
            return failure(exchange.status());
        } catch (GatewayException e) {
            return Optional.of(e.error().kind());
        }
    }

    /**
     * What a status says: 2xx is well, 5xx a failure of the server. Any other refusal, and 501 to a question that the
     * server does not know, say that it is there and nothing more.
     */
    static Optional<ErrorKind> failure(int status) {
        if (status >= OK && status < REDIRECTS) {
            return Optional.empty();
        }
        return Optional.of(
                switch (status) {
                    case UNAUTHORIZED, FORBIDDEN -> ErrorKind.UPSTREAM_AUTHENTICATION;
                    case TOO_MANY -> ErrorKind.UPSTREAM_RATE_LIMIT;
                    case NOT_IMPLEMENTED -> ErrorKind.BAD_REQUEST;
                    default -> status >= SERVER_ERROR ? ErrorKind.UPSTREAM_SERVER : ErrorKind.BAD_REQUEST;
                });
    }

    @Override
    public void close() {
        loop.close();
    }
}
