package io.llmgateway.pipeline;

import io.llmgateway.auth.Principal;
import io.llmgateway.ledger.UsageRecord;
import io.llmgateway.limits.Admission;
import io.llmgateway.limits.Applied;
import io.llmgateway.limits.Claim;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.RequestId;
import io.llmgateway.model.Usage;
import io.llmgateway.settings.PriceList;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
    private final List<Try> tries = new ArrayList<>(1);
    private boolean stream;
    private String group = "";
    private Applied applied = Applied.NONE;
    private @Nullable Estimate estimate;
    private @Nullable Admission admission;
    private int contentPieces;
    private boolean settled;
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
        boolean cut = usage != null && error != null;
        return new UsageRecord(
                at,
                id.value(),
                String.valueOf(key),
                group,
                String.valueOf(askedModel),
                servedModel == null ? "" : servedModel,
                instance == null ? "" : instance.value(),
                endpoint.name().toLowerCase(Locale.ROOT),
                stream,
                usage == null ? Usage.NONE : usage,
                estimated || cut,
                cost,
                error == null ? "ok" : error.kind().wire(),
                durationNanos(now) / NANOS_PER_MILLI,
                firstTokenNanos < 0 ? -1 : firstTokenNanos / NANOS_PER_MILLI);
    }

    void asked(String model, boolean streamed) {
        askedModel = model;
        stream = streamed;
    }

    void attempt(ProviderName toProvider, InstanceName toInstance, String model, long now) {
        attempts++;
        attemptSince = now;
        provider = toProvider;
        instance = toInstance;
        servedModel = model;
        upstreamSince = now;
    }

    /** An attempt is over; failure is null when it was good. */
    void attemptEnded(@Nullable ErrorKind failure, long now) {
        tries.add(new Try(attempts, String.valueOf(instance), failure, now - attemptSince));
    }

    /** The attempts, in order. */
    List<Try> tries() {
        return tries;
    }

    /**
     * One attempt that is over.
     *
     * @param number from 1
     * @param instance where it went
     * @param failure what went wrong; null when nothing did
     * @param nanos how long it took
     */
    record Try(int number, String instance, @Nullable ErrorKind failure, long nanos) {}

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

    void used(@Nullable Usage tokens) {
        if (tokens != null) {
            usage = tokens;
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

    @Nullable
    KeyName key() {
        return key;
    }

    @Nullable
    String askedModel() {
        return askedModel;
    }

    @Nullable
    String servedModel() {
        return servedModel;
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
