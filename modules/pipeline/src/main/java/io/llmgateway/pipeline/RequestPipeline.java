package io.llmgateway.pipeline;

import io.llmgateway.auth.Principal;
import io.llmgateway.converters.ClientProtocol;
import io.llmgateway.converters.ClientProtocol.ListedModel;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.GatewayFault;
import io.llmgateway.model.ModelName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.Refusal;
import io.llmgateway.model.RequestId;
import io.llmgateway.routing.RoutePlan;
import io.llmgateway.routing.Target;
import io.llmgateway.wire.MalformedJsonException;
import io.llmgateway.wire.RequestFacts;
import io.llmgateway.wire.RequestWalker;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
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
    private final ModelLists models;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);

    /** What the gateway does with new work. */
    private enum Phase {
        /** Takes it, but is still slow, and tells load balancers so. */
        WARMING,
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
     * @param snapshots gives the active configuration
     */
    public RequestPipeline(Services services, Supplier<Snapshot> snapshots) {
        this.services = services;
        this.snapshots = snapshots;
        this.attempts = new AttemptLoop(services);
        this.models = new ModelLists(services);
    }

    @Override
    public void handle(InboundRequest request, ClientAnswer to) {
        RequestRecord record = new RequestRecord(services.ids().next(), request.endpoint(), services.now());
        ResponseRecorder answer = new ResponseRecorder(to);
        Snapshot snapshot = snapshots.get();
        AnswerSink sink = new ClientSink(answer, client(request), record, snapshot, services);
        inFlight.incrementAndGet();
        services.metrics().requestStarted();
        try {
            record.received(request, services.observer());
            serve(request, answer, sink, record, snapshot);
        } catch (GatewayException e) {
            sink.fail(e.error());
        } catch (Throwable e) {
            // the boundary of a request: a stack overflow or a missing class ends this request and nothing else
            defect(e, record, sink);
        } finally {
            finish(record, answer, snapshot);
        }
    }

    private static void defect(Throwable e, RequestRecord record, AnswerSink sink) {
        LOG.log(System.Logger.Level.ERROR, "request " + record.id() + " met a defect", e);
        sink.fail(new GatewayFault.Internal(e.toString()));
    }

    /** The accounts come first, so that whatever else goes wrong, no place stays taken. */
    private void finish(RequestRecord record, ResponseRecorder answer, Snapshot snapshot) {
        try {
            record.charge().close(kind(record.failure()), snapshot.prices());
        } finally {
            inFlight.decrementAndGet();
            new RequestReport(record, answer, services).tell();
        }
    }

    private void serve(
            InboundRequest request, ResponseRecorder answer, AnswerSink sink, RequestRecord record, Snapshot snapshot) {
        Principal principal =
                snapshot.authenticator().authenticate(bearer(request), request.header("x-api-key"), request.address());
        record.authenticated(principal);
        if (phase.get() == Phase.CLOSED) {
            throw new GatewayException(new Refusal.Draining());
        }
        switch (request.endpoint()) {
            case CHAT_COMPLETIONS, MESSAGES, COUNT_TOKENS ->
                generate(request, answer, sink, record, snapshot, principal);
            case MODELS -> own(sink, listed(request, models.all(snapshot, principal)));
            case MODEL -> own(sink, client(request).model(models.one(snapshot, principal, name(request))));
        }
    }

    /** Sends an answer of the gateway's own. */
    private static void own(AnswerSink sink, byte[] json) {
        sink.whole(AnswerHead.own(AnswerHead.Body.JSON), json, json.length);
    }

    private void generate(
            InboundRequest request,
            ResponseRecorder answer,
            AnswerSink sink,
            RequestRecord record,
            Snapshot snapshot,
            Principal principal) {
        try (MemoryBudget.Share memory = services.memory().share(principal.key().value())) {
            RequestContext context =
                    new RequestContext(request, sink, record, client(request), snapshot, principal, memory);
            record.stopwatch().waits(services.now());
            record.charge().takePlace(snapshot.limiter().places(principal.key()));
            read(context, answer);
            ModelName model = model(context.facts().model());
            RoutePlan plan = snapshot.router().plan(principal.key(), principal::mayUse, model);
            List<Target> targets = able(context, plan.drawn(services.random().get()));
            attempts.run(context, plan, admitted(context, plan.requested(), targets));
        }
    }

    /** Reads the body; nothing but the context holds it afterwards. */
    private void read(RequestContext context, ResponseRecorder answer) {
        RequestRecord record = context.record();
        context.request().known(record.id());
        InboundRequest.Body body = context.request().readBody(context.memory());
        record.stopwatch().goesOn(services.now());
        int logged = services.observer().bodyLimit();
        if (context.principal().logBodies() && logged > 0) {
            record.keepBody(body, logged);
            answer.keep(logged);
        }
        RequestFacts facts = facts(body);
        record.requested(facts.model(), facts.stream());
        context.read(body, facts);
    }

    private static ModelName model(String name) {
        return ModelName.parse(name)
                .orElseThrow(() -> new GatewayException(new CallerFault.InvalidField(
                        "model", ModelName.explain(name).orElse("the model name is not valid"))));
    }

    /** The targets from the first on whose model's limits have room; none has room is told as the first has it. */
    private List<Target> admitted(RequestContext context, ModelName asked, List<Target> targets) {
        GatewayException refusal = null;
        for (int i = 0; i < targets.size(); i++) {
            try {
                admit(context, asked, targets.get(i));
                return targets.subList(i, targets.size());
            } catch (GatewayException e) {
                if (e.error().kind() != ErrorKind.RATE_LIMIT) {
                    throw e;
                }
                refusal = refusal == null ? e : refusal;
            }
        }
        throw Objects.requireNonNull(refusal);
    }

    /** Takes from the limits that hold for the model asked for and for the target that was drawn. */
    private void admit(RequestContext context, ModelName asked, Target drawn) {
        RequestRecord record = context.record();
        Snapshot snapshot = context.snapshot();
        Estimate estimate = new Estimate(
                context.facts(), context.body().length(), context.counting(), Math.max(1, times(context, drawn)));
        record.charge()
                .limitedBy(
                        snapshot.limiter()
                                .applied(
                                        context.principal().key(),
                                        asked.value(),
                                        drawn.model().value()),
                        estimate);
        record.stopwatch().waits(services.now());
        record.charge().admit(snapshot.prices(), drawn.model().value());
        record.stopwatch().goesOn(services.now());
    }

    /** Those of the targets that give as many answers as are wanted; all when none does, to be refused by the first. */
    private List<Target> able(RequestContext context, List<Target> drawn) {
        if (context.facts().candidates() == 1 || drawn.size() == 1) {
            return drawn;
        }
        List<Target> able =
                drawn.stream().filter(target -> times(context, target) > 0).toList();
        return able.isEmpty() ? drawn : able;
    }

    /** How often the target's provider will be asked; 0 when it will not be, since it cannot give as many answers. */
    private int times(RequestContext context, Target target) {
        int candidates = context.facts().candidates();
        if (candidates == 1) {
            return 1;
        }
        boolean stream = context.facts().stream();
        Snapshot.ProviderRuntime provider = context.snapshot().provider(target.provider());
        int times = services.protocols()
                .between(context.client().protocol(), provider.type().protocol())
                .map(way -> way.times(candidates, stream))
                .orElse(0);
        if (times > 1 && (times > provider.settings().choices() || (stream && times > places(context, target)))) {
            return 0;
        }
        return times;
    }

    /** How many streams the target's instances give at the same time; as many as are wanted when all are disabled. */
    private static long places(RequestContext context, Target target) {
        long places = context.snapshot().balancer().places(target.provider());
        return places == 0 ? Long.MAX_VALUE : places;
    }

    private static RequestFacts facts(InboundRequest.Body body) {
        try {
            return RequestWalker.walk(body.bytes(), body.length());
        } catch (MalformedJsonException e) {
            throw new GatewayException(new CallerFault.MalformedJson(String.valueOf(e.getMessage())), e);
        }
    }

    /** Only Anthropic's clients know pages. */
    private byte[] listed(InboundRequest request, List<ListedModel> all) {
        ClientProtocol client = client(request);
        ModelPage page = client.protocol() == Protocol.ANTHROPIC_MESSAGES
                ? ModelPage.of(all, request.rawQuery())
                : new ModelPage(all, false);
        return client.models(page.models(), page.more());
    }

    private static String name(InboundRequest request) {
        return Endpoint.modelIn(request.rawPath());
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

    private static @Nullable ErrorKind kind(@Nullable GatewayError failure) {
        return failure == null ? null : failure.kind();
    }

    @Override
    public void refuse(InboundRequest request, GatewayError error, ClientAnswer to) {
        RequestRecord record = new RequestRecord(services.ids().next(), request.endpoint(), services.now());
        record.received(request, services.observer());
        Principal who = known(request);
        if (who != null) {
            record.authenticated(who);
        }
        refuse(record, client(request), error, to);
    }

    /** Who sent a request that is refused for another reason; null when that is not known. */
    private @Nullable Principal known(InboundRequest request) {
        String bearer = bearer(request);
        String key = request.header("x-api-key");
        if (bearer == null && key == null) {
            return null;
        }
        try {
            return snapshots.get().authenticator().authenticate(bearer, key, request.address());
        } catch (GatewayException e) {
            // the log names no key then; the refusal stays what it is
            return null;
        }
    }

    @Override
    public void refuse(Endpoint endpoint, GatewayError error, ClientAnswer to) {
        RequestId told = to.told();
        RequestRecord record = new RequestRecord(told == null ? services.ids().next() : told, endpoint, services.now());
        refuse(record, services.protocols().client(endpoint.protocol()), error, to);
    }

    private void refuse(RequestRecord record, ClientProtocol client, GatewayError error, ClientAnswer to) {
        ResponseRecorder answer = new ResponseRecorder(to);
        Snapshot snapshot = snapshots.get();
        inFlight.incrementAndGet();
        services.metrics().requestStarted();
        try {
            new ClientSink(answer, client, record, snapshot, services).fail(error);
        } finally {
            finish(record, answer, snapshot);
        }
    }

    @Override
    public LastWords lastWords(Endpoint endpoint, GatewayError error, @Nullable RequestId known) {
        ClientProtocol client = services.protocols().client(endpoint.protocol());
        RequestId id = known == null ? services.ids().next() : known;
        return new LastWords(
                client.requestIdHeader(), id.value(), client.error(error, id).body());
    }

    @Override
    public boolean ready() {
        return phase.get() == Phase.OPEN;
    }

    @Override
    public boolean leaving() {
        Phase now = phase.get();
        return now == Phase.LEAVING || now == Phase.CLOSED;
    }

    /** Says that it is not ready yet, although requests are served; {@link #warmedUp} ends that. */
    public void warmUp() {
        phase.compareAndSet(Phase.OPEN, Phase.WARMING);
    }

    /** Says that it is ready, unless it leaves meanwhile. */
    public void warmedUp() {
        phase.compareAndSet(Phase.WARMING, Phase.OPEN);
    }

    /** Says that it is not ready any more, so that load balancers look elsewhere; what comes is still served. */
    public void leave() {
        phase.set(Phase.LEAVING);
    }

    /** Takes no new work from now on; what runs goes on. */
    public void drain() {
        phase.set(Phase.CLOSED);
    }

    /** Takes new work again. */
    public void resume() {
        phase.set(Phase.OPEN);
    }

    /** Requests under way. */
    public int inFlight() {
        return inFlight.get();
    }
}
