package io.llmgateway.pipeline;

import io.llmgateway.auth.Principal;
import io.llmgateway.ledger.UsageRecord;
import io.llmgateway.limits.Admission;
import io.llmgateway.limits.Applied;
import io.llmgateway.limits.Claim;
import io.llmgateway.metrics.GatewayMetrics;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.ModelName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.RequestEvent;
import io.llmgateway.model.RequestEvent.Attempted;
import io.llmgateway.model.RequestId;
import io.llmgateway.model.TraceContext;
import io.llmgateway.model.Usage;
import io.llmgateway.pipeline.Snapshot.InstanceRuntime;
import io.llmgateway.settings.BaseUrl;
import io.llmgateway.settings.PriceList;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What became of one request, written as it happens and read once at its end. Confined to one request. */
final class RequestRecord {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final RequestId id;
    private final Endpoint endpoint;
    private final long begunAt;
    private final List<String> warnings = new ArrayList<>(0);
    private @Nullable KeyName key;
    private @Nullable String askedModel;
    private @Nullable String servedModel;
    private @Nullable ProviderName provider;
    private @Nullable InstanceName instance;
    private @Nullable Usage usage;
    private @Nullable GatewayError failure;
    private final List<Attempted> tries = new ArrayList<>(1);
    private @Nullable String session;
    private @Nullable String clientRequestId;
    private @Nullable TraceContext parent;
    private @Nullable TraceContext span;
    private InboundRequest.@Nullable Body body;
    private RequestEvent.@Nullable Served served;
    private Protocol upstreamProtocol = Protocol.OPENAI_CHAT;
    private @Nullable BaseUrl upstream;
    private long attemptSpan;
    private boolean stream;
    private String group = "";
    private Applied applied = Applied.NONE;
    private @Nullable Estimate estimate;
    private @Nullable Admission admission;
    private int contentPieces;
    private boolean settled;
    private boolean partial;
    private boolean estimated;
    private long cost;
    private long attemptSince;
    private int attempts;
    private long upstreamSince;
    private long upstreamNanos;
    private long firstTokenNanos = -1;

    RequestRecord(RequestId id, Endpoint endpoint, long begunAt) {
        this.id = id;
        this.endpoint = endpoint;
        this.begunAt = begunAt;
    }

    RequestId id() {
        return id;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** Takes note of what the client says of its request and of the trace it belongs to. */
    void came(InboundRequest request, RequestObserver observer) {
        session = request.header("x-session-id");
        clientRequestId = request.header("x-client-request-id");
        String traceparent = request.header("traceparent");
        if (traceparent != null) {
            parent = TraceContext.parse(traceparent, request.header("tracestate"))
                    .orElse(null);
        }
        span = observer.span(parent);
    }

    void authenticated(Principal principal) {
        key = principal.key();
        group = principal.group();
    }

    /** Says which limits hold, before they are asked. */
    void limitedBy(Applied limits, Estimate beforehand) {
        applied = limits;
        estimate = beforehand;
    }

    /** Takes from the limits; throws when there is not enough left. */
    void admit(Claim claim) {
        admission = applied.admit(claim);
    }

    /** True when the request was let in by its limits, so that its usage counts. */
    boolean admitted() {
        return admission != null;
    }

    /** The limits that hold for it. */
    Applied limits() {
        return applied;
    }

    /** Content has come so many times; a measure for answers that end without saying what they cost. */
    void content(int pieces) {
        contentPieces += pieces;
    }

    /**
     * Gives back to the limits what was not used; only the first call counts. Without numbers from the provider the
     * usage is estimated, when anything was sent there at all.
     */
    void settle(PriceList prices) {
        if (admission == null || settled) {
            return;
        }
        settled = true;
        boolean asked = attempts > 0 && endpoint != Endpoint.COUNT_TOKENS;
        if (usage == null && asked && (contentPieces > 0 || failure == null || interrupted()) && estimate != null) {
            usage = new Usage(estimate.input(), 0, 0, contentPieces, 0);
            estimated = true;
        } else if (usage != null && (partial || failure != null)) {
            // what was said before the end is less than what was used
            usage = new Usage(
                    usage.inputUncached(),
                    usage.inputCacheRead(),
                    usage.inputCacheWrite(),
                    Math.max(usage.output(), contentPieces),
                    usage.reasoning());
            estimated = true;
        }
        Usage used = usage == null ? Usage.NONE : usage;
        Optional<Long> price = prices.of(String.valueOf(servedModel)).map(found -> found.cost(used));
        cost = price.orElse(usage == null ? 0L : UsageRecord.NO_PRICE);
        admission.settle(new Claim(used.input(), used.output(), Math.max(0, cost)));
    }

    /** True when the provider was ended in the middle of its work, for which it may charge. */
    private boolean interrupted() {
        return failure != null && (failure.kind() == ErrorKind.CLIENT_GONE || failure.kind() == ErrorKind.DRAINING);
    }

    /** What the ledger keeps of it. */
    UsageRecord toUsage(Instant at, long now) {
        GatewayError error = failure;
        return new UsageRecord(
                at,
                id.value(),
                String.valueOf(key),
                group,
                String.valueOf(askedModel),
                servedModel == null ? "" : servedModel,
                instance == null ? "" : instance.value(),
                endpoint.wire(),
                stream,
                usage == null ? Usage.NONE : usage,
                estimated,
                cost,
                error == null ? "ok" : error.kind().wire(),
                durationNanos(now) / NANOS_PER_MILLI,
                firstTokenNanos < 0 ? -1 : firstTokenNanos / NANOS_PER_MILLI);
    }

    void asked(String model, boolean streamed) {
        askedModel = model;
        stream = streamed;
    }

    /** An attempt begins; the number becomes its span's id when spans are made. */
    void attempt(Attempt.Way way, InstanceRuntime to, long number, long now) {
        attempts++;
        attemptSince = now;
        provider = way.target().provider();
        instance = to.settings().name();
        servedModel = way.target().model().value();
        served = new RequestEvent.Served(provider, instance, servedModel);
        upstreamProtocol = way.provider().type().protocol();
        upstream = to.settings().baseUrl();
        attemptSpan = span == null ? 0 : number == 0 ? 1 : number;
        upstreamSince = now;
    }

    /** The context of the trace that goes to the instance; null when the request belongs to none. */
    @Nullable
    TraceContext passedOn() {
        return span == null ? parent : span.withSpan(attemptSpan);
    }

    /** An attempt is over; failure is null when it was good. */
    void attemptEnded(@Nullable ErrorKind failure, long now) {
        if (served != null && upstream != null) {
            tries.add(new Attempted(
                    served,
                    upstreamProtocol,
                    upstream.host(),
                    upstream.port(),
                    failure,
                    attemptSince - begunAt,
                    now - attemptSince,
                    attemptSpan));
        }
    }

    /** Counts attempts and tokens by the names that tools for generative AI know. */
    void count(GatewayMetrics metrics, long now) {
        if (tries.isEmpty() || endpoint == Endpoint.COUNT_TOKENS) {
            return;
        }
        for (Attempted attempt : tries) {
            metrics.genAi().called(attempt.protocol(), attempt.served().model(), attempt.failure(), attempt.duration());
        }
        Attempted last = tries.getLast();
        if (last.failure() == null) {
            long rest = stream && firstTokenNanos >= 0 ? durationNanos(now) - firstTokenNanos : -1;
            metrics.genAi()
                    .answered(last.protocol(), last.served().model(), firstTokenNanos, rest, estimated ? null : usage);
        }
        if (tries.size() > 1) {
            metrics.retried(last.served().provider(), last.failure() == null);
        }
    }

    /** What the request says is kept, up to the limit of the log. */
    void keep(InboundRequest.Body said) {
        body = said;
    }

    /** All that is known, for those who look. */
    RequestEvent toEvent(Instant at, long now, AnswerTap answer, int bodyLimit) {
        GatewayError error = failure;
        boolean cut = usage != null && error != null;
        return new RequestEvent(
                id,
                at,
                new RequestEvent.Caller(key, group, session, clientRequestId),
                new RequestEvent.Asked(endpoint.wire(), endpoint.protocol(), askedModel, stream),
                served,
                new RequestEvent.Ending(
                        error == null ? null : error.kind(), error == null ? null : error.message(), answer.status()),
                new RequestEvent.Times(durationNanos(now), firstTokenNanos, overheadNanos(now)),
                new RequestEvent.Tokens(usage, estimated || cut, admission == null ? UsageRecord.NO_PRICE : cost),
                tries,
                warnings,
                span == null ? parent : span,
                span == null || parent == null ? 0 : parent.span(),
                bodies(answer, bodyLimit));
    }

    private RequestEvent.@Nullable Bodies bodies(AnswerTap answer, int limit) {
        byte[] told = answer.kept();
        if (told == null || body == null) {
            return null;
        }
        byte[] said = Arrays.copyOf(body.bytes(), Math.min(body.length(), limit));
        return new RequestEvent.Bodies(said, body.length(), told, answer.length());
    }

    /** The time until now belongs to the upstream, not to the gateway. */
    void upstreamAnswered(long now) {
        if (upstreamSince != 0) {
            upstreamNanos += now - upstreamSince;
            upstreamSince = 0;
        }
    }

    void firstToken(long now) {
        if (firstTokenNanos < 0) {
            firstTokenNanos = now - begunAt;
        }
    }

    void used(@Nullable Usage tokens, boolean complete) {
        // once settled the accounts stand
        if (tokens != null && !settled) {
            usage = tokens;
            partial = !complete;
        }
    }

    void failed(GatewayError error) {
        failure = error;
    }

    void warn(List<String> more) {
        warnings.clear();
        warnings.addAll(more);
    }

    List<String> warnings() {
        return warnings;
    }

    int attempts() {
        return attempts;
    }

    /** Null when the request was not authenticated. */
    @Nullable
    KeyName key() {
        return key;
    }

    /** The model that served, else the one asked for; empty when none was asked for yet, or none that may be. */
    String model() {
        if (servedModel != null) {
            return servedModel;
        }
        return askedModel == null
                        || failure == null
                        || ModelName.parse(askedModel).isEmpty()
                ? ""
                : askedModel;
    }

    /** In billionths of a dollar; {@link UsageRecord#NO_PRICE} when the model has no price. */
    long cost() {
        return cost;
    }

    @Nullable
    ProviderName provider() {
        return provider;
    }

    @Nullable
    InstanceName instance() {
        return instance;
    }

    @Nullable
    Usage usage() {
        return usage;
    }

    @Nullable
    GatewayError failure() {
        return failure;
    }

    boolean stream() {
        return stream;
    }

    /** Nanoseconds from the request's beginning to its first token; -1 when there was none. */
    long firstTokenNanos() {
        return firstTokenNanos;
    }

    /** When the first token came; when the request began if none did. */
    long firstTokenAt() {
        return begunAt + Math.max(0, firstTokenNanos);
    }

    long durationNanos(long now) {
        return now - begunAt;
    }

    /** The gateway's own share of the time until now. */
    long overheadNanos(long now) {
        long waiting = upstreamSince == 0 ? 0 : now - upstreamSince;
        return Math.max(0, now - begunAt - upstreamNanos - waiting);
    }
}
