package io.llmgateway.pipeline;

import io.llmgateway.ledger.UsageRecord;
import io.llmgateway.metrics.GatewayMetrics;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.Refusal;
import io.llmgateway.model.RequestEvent;
import io.llmgateway.model.RequestEvent.Attempted;
import io.llmgateway.model.TraceContext;
import io.llmgateway.model.Usage;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells metrics, ledger, log and traces of a request that is over. Each is told behind a guard of its own: what one of
 * them throws is logged, and keeps nothing from the others. Confined to one request.
 */
final class RequestReport {
    private static final System.Logger LOG = System.getLogger(RequestReport.class.getName());
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final RequestRecord record;
    private final ResponseRecorder answer;
    private final Services services;
    private final Instant at;
    private final long now;

    RequestReport(RequestRecord record, ResponseRecorder answer, Services services) {
        this.record = record;
        this.answer = answer;
        this.services = services;
        this.at = services.clock().instant();
        this.now = services.now();
    }

    /** Tells everybody; never throws for what one of them does. */
    void tell() {
        guarded("metrics", RequestReport::count);
        guarded("model metrics", RequestReport::countModel);
        if (record.charge().admitted() && services.ledger().stores()) {
            guarded("ledger", RequestReport::store);
        }
        if (services.observer().watching()) {
            guarded("log and traces", RequestReport::observe);
        }
    }

    private void guarded(String who, Consumer<RequestReport> telling) {
        try {
            telling.accept(this);
        } catch (RuntimeException | StackOverflowError | LinkageError e) {
            LOG.log(System.Logger.Level.ERROR, "the " + who + " could not be told of request " + record.id(), e);
        }
    }

    private void store() {
        services.ledger().record(usage());
    }

    private void observe() {
        services.observer().finished(event());
    }

    private void count() {
        GatewayMetrics metrics = services.metrics();
        Stopwatch times = record.stopwatch();
        GatewayError failure = record.failure();
        metrics.requestFinished(
                record.endpoint().protocol(),
                record.stream(),
                kind(),
                times.durationNanos(now),
                times.overheadNanos(now));
        if (failure instanceof Refusal.LimitExceeded limit) {
            metrics.limited(limit.limit());
        }
        ProviderName provider = record.attempts().provider();
        Usage usage = record.charge().usage();
        if (usage != null && provider != null) {
            metrics.tokens(provider, usage);
        }
        KeyName key = record.key();
        if (key != null) {
            metrics.used(key, record.model(), kind(), usage, record.charge().cost());
        }
    }

    /** Counts attempts and tokens by the names that tools for generative AI know. */
    private void countModel() {
        List<Attempted> tries = record.attempts().all();
        if (tries.isEmpty() || record.endpoint() == Endpoint.COUNT_TOKENS) {
            return;
        }
        GatewayMetrics metrics = services.metrics();
        for (Attempted attempt : tries) {
            metrics.genAi().called(attempt.protocol(), attempt.served().model(), attempt.failure(), attempt.duration());
        }
        Attempted last = tries.getLast();
        if (last.failure() == null) {
            long first = record.stopwatch().firstTokenNanos();
            long rest = record.stream() && first >= 0 ? record.stopwatch().durationNanos(now) - first : -1;
            metrics.genAi()
                    .answered(
                            last.protocol(),
                            last.served().model(),
                            first,
                            rest,
                            record.charge().estimated() ? null : record.charge().usage());
        }
        if (record.attempts().retried()) {
            metrics.retried(last.served().provider(), last.failure() == null);
        }
    }

    private @Nullable ErrorKind kind() {
        GatewayError failure = record.failure();
        return failure == null ? null : failure.kind();
    }

    /** What the ledger keeps of it. */
    private UsageRecord usage() {
        Charge charge = record.charge();
        RequestEvent.Served served = record.attempts().served();
        ErrorKind kind = kind();
        Usage usage = charge.usage();
        long first = record.stopwatch().firstTokenNanos();
        return new UsageRecord(
                at,
                record.id().value(),
                String.valueOf(record.key()),
                record.group(),
                String.valueOf(record.requestedModel()),
                served == null ? "" : served.model(),
                served == null ? "" : served.instance().value(),
                record.endpoint().wire(),
                record.stream(),
                usage == null ? Usage.NONE : usage,
                charge.estimated(),
                charge.cost(),
                kind == null ? "ok" : kind.wire(),
                record.stopwatch().durationNanos(now) / NANOS_PER_MILLI,
                first < 0 ? -1 : first / NANOS_PER_MILLI);
    }

    /** All that is known, for those who look. */
    private RequestEvent event() {
        GatewayError error = record.failure();
        Charge charge = record.charge();
        Stopwatch times = record.stopwatch();
        TraceContext span = record.span();
        TraceContext parent = record.parent();
        boolean cut = charge.usage() != null && error != null;
        return new RequestEvent(
                record.id(),
                at,
                new RequestEvent.Caller(record.key(), record.group(), record.session(), record.clientRequestId()),
                new RequestEvent.Asked(
                        record.endpoint().wire(),
                        record.endpoint().protocol(),
                        record.requestedModel(),
                        record.stream()),
                record.attempts().served(),
                new RequestEvent.Ending(
                        error == null ? null : error.kind(), error == null ? null : error.message(), answer.status()),
                new RequestEvent.Times(times.durationNanos(now), times.firstTokenNanos(), times.overheadNanos(now)),
                new RequestEvent.Tokens(
                        charge.usage(),
                        charge.estimated() || cut,
                        charge.admitted() ? charge.cost() : UsageRecord.NO_PRICE),
                record.attempts().all(),
                record.warnings(),
                span == null ? parent : span,
                span == null || parent == null ? 0 : parent.span(),
                bodies());
    }

    private RequestEvent.@Nullable Bodies bodies() {
        byte[] sent = answer.kept();
        byte[] said = record.bodyStart();
        if (sent == null || said == null) {
            return null;
        }
        return new RequestEvent.Bodies(said, record.bodyLength(), sent, answer.length());
    }
}
