package io.llmgateway.pipeline;

import io.llmgateway.auth.Principal;
import io.llmgateway.converters.ClientError;
import io.llmgateway.converters.ClientProtocol;
import io.llmgateway.converters.ClientProtocol.ListedModel;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.GatewayFault;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.ModelName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.Refusal;
import io.llmgateway.routing.RoutePlan;
import io.llmgateway.routing.Target;
import io.llmgateway.wire.MalformedJsonException;
import io.llmgateway.wire.RequestFacts;
import io.llmgateway.wire.RequestWalker;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The story of every request: authenticate, read, route, attempt until one answer is committed, settle. Each policy
 * stands here once and holds for every endpoint, streamed or not. Thread-safe.
 */
public final class RequestPipeline implements RequestHandler {
    private static final System.Logger LOG = System.getLogger(RequestPipeline.class.getName());

    private final Services services;
    private final Supplier<Snapshot> snapshots;
    private final AttemptLoop attempts;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile Phase phase = Phase.OPEN;

    /** What the gateway does with new work. */
    private enum Phase {
        /** Takes it. */
        OPEN,
        /** Takes it, but tells load balancers to look elsewhere. */
        LEAVING,
        /** Refuses it. */
        CLOSED
    }

    /**
     * Makes the pipeline.
     *
     * @param services what it works with
     * @param snapshots gives the configuration in force
     */
    public RequestPipeline(Services services, Supplier<Snapshot> snapshots) {
        this.services = services;
        this.snapshots = snapshots;
        this.attempts = new AttemptLoop(services);
    }

    @Override
    public void handle(InboundRequest request, ClientAnswer to) {
        RequestRecord record = new RequestRecord(services.ids().next(), request.endpoint(), services.now());
        AnswerTap answer = new AnswerTap(to);
        ClientProtocol client = client(request);
        Snapshot snapshot = snapshots.get();
        inFlight.incrementAndGet();
        services.metrics().requestStarted();
        try {
            record.came(request, services.observer());
            answer.header(client.requestIdHeader(), record.id().value());
            serve(request, answer, record, snapshot, client);
        } catch (GatewayException e) {
            conclude(e.error(), answer, record, snapshot, client);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "request " + record.id() + " met a defect", e);
            conclude(new GatewayFault.Internal(e.toString()), answer, record, snapshot, client);
        } finally {
            inFlight.decrementAndGet();
            settle(record, answer, snapshot);
        }
    }

    private void serve(
            InboundRequest request, AnswerTap answer, RequestRecord record, Snapshot snapshot, ClientProtocol client) {
        Principal principal =
                snapshot.authenticator().authenticate(bearer(request), request.header("x-api-key"), request.address());
        record.authenticated(principal);
        if (phase == Phase.CLOSED) {
            throw new GatewayException(new Refusal.Draining());
        }
        switch (request.endpoint()) {
            case CHAT_COMPLETIONS, MESSAGES, COUNT_TOKENS -> generate(request, answer, record, snapshot, principal);
            case MODELS -> {
                byte[] list = client.models(models(snapshot, principal));
                answer.whole(200, list, list.length);
            }
            case MODEL -> oneModel(request, answer, snapshot, principal, client);
        }
    }

    private void generate(
            InboundRequest request, AnswerTap answer, RequestRecord record, Snapshot snapshot, Principal principal) {
        InboundRequest.Body body = request.readBody();
        if (principal.logBodies() && services.observer().bodyLimit() > 0) {
            record.keep(body);
            answer.keep(services.observer().bodyLimit());
        }
        RequestFacts facts = facts(body);
        record.asked(facts.model(), facts.stream());
        ModelName model = ModelName.parse(facts.model())
                .orElseThrow(() -> new GatewayException(new CallerFault.InvalidField(
                        "model", ModelName.explain(facts.model()).orElse("the model name is not valid"))));
        RoutePlan plan = snapshot.router().plan(principal.key(), principal::mayUse, model);
        Target first = plan.targets().getFirst();
        Estimate estimate = new Estimate(facts, body.length(), request.endpoint() == Endpoint.COUNT_TOKENS);
        record.limitedBy(
                snapshot.limiter()
                        .applied(principal.key(), model.value(), first.model().value()),
                estimate);
        record.admit(estimate.claim(snapshot.prices(), first.model().value()));
        attempts.run(new Work(request, answer, record, client(request), snapshot, principal, body, facts), plan);
    }

    private static RequestFacts facts(InboundRequest.Body body) {
        try {
            return RequestWalker.walk(body.bytes(), body.length());
        } catch (MalformedJsonException e) {
            throw new GatewayException(new CallerFault.MalformedJson(String.valueOf(e.getMessage())), e);
        }
    }

    private static List<ListedModel> models(Snapshot snapshot, Principal principal) {
        return snapshot.router().models(principal::mayUse).stream()
                .map(model -> new ListedModel(model.name().value(), model.owner()))
                .toList();
    }

    private static void oneModel(
            InboundRequest request,
            ClientAnswer answer,
            Snapshot snapshot,
            Principal principal,
            ClientProtocol client) {
        String wanted =
                decoded(request.rawPath().substring(Endpoint.MODEL.path().length()));
        ListedModel found = models(snapshot, principal).stream()
                .filter(model -> model.id().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new GatewayException(ModelName.parse(wanted)
                        .<GatewayError>map(Refusal.UnknownModel::new)
                        .orElseGet(CallerFault.UnknownPath::new)));
        byte[] body = client.model(found);
        answer.whole(200, body, body.length);
    }

    private static String decoded(String path) {
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // badly escaped: no model has such a name
            return path;
        }
    }

    private static @Nullable String bearer(InboundRequest request) {
        String value = request.header("authorization");
        if (value == null || !value.regionMatches(true, 0, "Bearer ", 0, "Bearer ".length())) {
            return null;
        }
        return value.substring("Bearer ".length()).strip();
    }

    /** Both shapes of the model lists share one path: Anthropic's clients are known by their headers. */
    private ClientProtocol client(InboundRequest request) {
        Protocol protocol = request.endpoint().protocol();
        boolean shared = request.endpoint() == Endpoint.MODELS || request.endpoint() == Endpoint.MODEL;
        if (shared && (request.header("anthropic-version") != null || request.header("x-api-key") != null)) {
            protocol = Protocol.ANTHROPIC_MESSAGES;
        }
        return services.protocols().client(protocol);
    }

    /** Tells the client what went wrong, with a status if none was sent yet, else inside the answer. */
    private void conclude(
            GatewayError error, ClientAnswer answer, RequestRecord record, Snapshot snapshot, ClientProtocol client) {
        record.failed(error);
        if (error.kind() == ErrorKind.CLIENT_GONE) {
            answer.abort();
            return;
        }
        try {
            if (answer.committed()) {
                byte[] event = client.errorEvent(error, record.id());
                answer.write(event, event.length);
                answer.abort();
                return;
            }
            AnswerHeaders.add(answer, record, snapshot, client, services);
            error.retryAfter().ifPresent(wait -> {
                long seconds = Math.max(1, (wait.toMillis() + 999) / 1000);
                answer.header("retry-after", Long.toString(seconds));
            });
            ClientError body = client.error(error, record.id());
            answer.whole(body.status(), body.body(), body.body().length);
        } catch (GatewayException e) {
            // the client left before it could be told
            answer.abort();
        }
    }

    private void settle(RequestRecord record, AnswerTap answer, Snapshot snapshot) {
        long now = services.now();
        GatewayError failure = record.failure();
        services.metrics()
                .requestFinished(
                        record.endpoint().protocol(),
                        record.stream(),
                        kind(failure),
                        record.durationNanos(now),
                        record.overheadNanos(now));
        if (failure instanceof Refusal.LimitExceeded limit) {
            services.metrics().limited(limit.limit());
        }
        record.settle(snapshot.prices());
        if (record.usage() != null && record.provider() != null) {
            services.metrics().tokens(record.provider(), record.usage());
        }
        record.count(services.metrics(), now);
        Instant at = services.clock().instant();
        KeyName key = record.key();
        if (key != null) {
            services.metrics().used(key, record.model(), kind(failure), record.usage(), record.cost());
        }
        if (record.admitted() && services.ledger().stores()) {
            services.ledger().record(record.toUsage(at, now));
        }
        RequestObserver observer = services.observer();
        if (observer.watching()) {
            observer.finished(record.toEvent(at, now, answer, observer.bodyLimit()));
        }
    }

    private static @Nullable ErrorKind kind(@Nullable GatewayError failure) {
        return failure == null ? null : failure.kind();
    }

    @Override
    public void refuse(Endpoint endpoint, GatewayError error, ClientAnswer to) {
        RequestRecord record = new RequestRecord(services.ids().next(), endpoint, services.now());
        AnswerTap answer = new AnswerTap(to);
        ClientProtocol client = services.protocols().client(endpoint.protocol());
        Snapshot snapshot = snapshots.get();
        services.metrics().requestStarted();
        try {
            answer.header(client.requestIdHeader(), record.id().value());
            conclude(error, answer, record, snapshot, client);
        } finally {
            settle(record, answer, snapshot);
        }
    }

    @Override
    public byte[] errorBody(Endpoint endpoint, GatewayError error) {
        return services.protocols()
                .client(endpoint.protocol())
                .error(error, services.ids().next())
                .body();
    }

    @Override
    public boolean ready() {
        return phase == Phase.OPEN;
    }

    /** Says that it is not ready any more, so that load balancers look elsewhere; what comes is still served. */
    public void leave() {
        phase = Phase.LEAVING;
    }

    /** Takes no new work from now on; what runs goes on. */
    public void drain() {
        phase = Phase.CLOSED;
    }

    /** Takes new work again. */
    public void resume() {
        phase = Phase.OPEN;
    }

    /** Requests under way. */
    public int inFlight() {
        return inFlight.get();
    }
}
