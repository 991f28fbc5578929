package io.llmgateway.pipeline;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.UpstreamFault;
import io.llmgateway.model.Usage;
import io.llmgateway.pipeline.Snapshot.InstanceRuntime;
import io.llmgateway.upstream.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What both relays share: one exchange that has begun to answer with success, and the client it answers. Confined to
 * one attempt.
 */
final class Answering {
    private final Services services;
    private final RelayLimits limits;
    private final Work work;
    private final Attempt.Way way;
    private final InstanceRuntime instance;
    private final Exchange exchange;

    Answering(
            Services services,
            RelayLimits limits,
            Work work,
            Attempt.Way way,
            InstanceRuntime instance,
            Exchange exchange) {
        this.services = services;
        this.limits = limits;
        this.work = work;
        this.way = way;
        this.instance = instance;
        this.exchange = exchange;
    }

    RelayLimits limits() {
        return limits;
    }

    Exchange exchange() {
        return exchange;
    }

    ClientAnswer answer() {
        return work.answer();
    }

    boolean committed() {
        return work.answer().committed();
    }

    /** Arms the deadline until the next content. */
    void contentCame() {
        long now = services.now();
        exchange.arm(ErrorKind.TIMEOUT_IDLE, now + way.timeouts(instance).idle().toNanos());
    }

    /** Adds the headers of the answer, right before its first byte leaves. */
    void commit() {
        long now = services.now();
        work.record().upstreamAnswered(now);
        work.record().firstToken(now);
        services.metrics().firstToken(way.target().provider(), work.record().firstTokenNanos());
        boolean sameProtocol = work.client().protocol() == way.provider().type().protocol();
        if (sameProtocol) {
            for (String name : way.provider().type().forwardedResponseHeaders()) {
                String value = exchange.header(name);
                if (value != null) {
                    work.answer().header(name, value);
                }
            }
        }
        AnswerHeaders.add(work.answer(), work.record(), work.snapshot(), work.client(), services);
    }

    /**
     * What was used so far.
     *
     * @param complete false when more was used than the provider has said
     */
    void used(@Nullable Usage usage, boolean complete) {
        work.record().used(usage, complete);
    }

    /** Content has come so many times. */
    void content(int pieces) {
        work.record().content(pieces);
    }

    /** All is known: the limits get back what was not used before the client reads the end of its answer. */
    void complete(@Nullable Usage usage, boolean complete) {
        work.record().used(usage, complete);
        work.record().settle(work.snapshot().prices());
    }

    /** What an error inside a success means. */
    GatewayError classify(int status, byte[] body) {
        UpstreamFault.Answered answered =
                services.classifier().classify(instance.settings().name(), status, exchange::header, body);
        ErrorKind configured = instance.settings().statuses().get(status);
        return configured == null ? answered : answered.as(configured);
    }

    /** A failure of the exchange with this instance. */
    GatewayException failed(ErrorKind kind, String message) {
        return new GatewayException(
                new UpstreamFault.ExchangeFailed(kind, instance.settings().name(), message));
    }
}
