package io.llmgateway.pipeline;

import io.llmgateway.balancing.Lease;
import io.llmgateway.converters.Translation;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.ModelName;
import io.llmgateway.model.TraceContext;
import io.llmgateway.pipeline.Snapshot.InstanceRuntime;
import io.llmgateway.settings.UpstreamTimeouts;
import io.llmgateway.upstream.Call;
import io.llmgateway.upstream.Cancellation;
import io.llmgateway.upstream.Exchange;
import io.llmgateway.upstream.Headers;
import io.llmgateway.upstream.Provider.Operation;
import io.llmgateway.wire.OutBuffer;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An instance of a provider, asked once. Confined to one attempt. */
final class InstanceSource implements AnswerSource {
    private static final System.Logger LOG = System.getLogger(InstanceSource.class.getName());

    private static final int FIRST_OUT_BYTES = 1024;
    private static final int FIRST_ERROR_BYTES = 1024;
    private static final int ERROR_PIECE_BYTES = 4 * 1024;

    /** Fields by which a client chooses an account of its own: what they bring about is not the instance's fault. */
    private static final Set<String> ACCOUNT_FIELDS = Set.of("openai-organization", "openai-project");

    /** Where clients of Anthropic ask for features. */
    private static final String BETA = "anthropic-beta";

    private final Services services;
    private final RequestContext context;
    private final Way way;
    private final InstanceRuntime instance;
    private final Lease lease;
    private final long requestBegunAt;
    private final long begunAt;
    private @Nullable Translation translation;
    private boolean clientsAccount;

    /**
     * An attempt at the lease's instance.
     *
     * @param requestBegunAt when the first attempt began: the total timeout counts from there
     */
    InstanceSource(
            Services services,
            RequestContext context,
            Way way,
            InstanceRuntime instance,
            Lease lease,
            Translation translation,
            long requestBegunAt) {
        this.services = services;
        this.context = context;
        this.way = way;
        this.instance = instance;
        this.lease = lease;
        this.translation = translation;
        this.requestBegunAt = requestBegunAt;
        this.begunAt = services.now();
    }

    @Override
    public Opened open(Cancellation cancellation) {
        Translation now = translation;
        if (now == null) {
            throw new IllegalStateException("an instance is asked once");
        }
        Call call = call(now);
        Exchange exchange = services.transport().send(instance.pool(), call, cancellation);
        try {
            AnswerFaults faults = new AnswerFaults(
                    services.classifier(),
                    instance.settings(),
                    way.provider().type().protocol(),
                    exchange);
            if (exchange.status() / 100 != 2) {
                throw new GatewayException(faults.classify(exchange.status(), errorBody(exchange)));
            }
            return relay(exchange, now, faults).open();
        } catch (Throwable e) {
            exchange.close();
            throw e;
        }
    }

    private Relay relay(Exchange exchange, Translation now, AnswerFaults faults) {
        boolean relayed = way.relays(context.client().protocol());
        long totalDeadline = requestBegunAt + way.timeouts(instance).total().toNanos();
        AnswerCodec codec =
                new AnswerKinds(services, now, context.memory(), faults, exchange, totalDeadline).asked(relayed);
        AnswerHead head = relayed
                ? new AnswerHead(
                        AnswerFaults.OK,
                        codec.body(),
                        exchange,
                        way.provider().type().forwardedResponseHeaders())
                : AnswerHead.own(codec.body());
        OutBuffer out = new OutBuffer(
                now.streamed() ? FIRST_OUT_BYTES : WholeCodec.pieceBytes(exchange.declaredLength()), context.memory());
        return new Relay(this, exchange, codec, head, out);
    }

    Services services() {
        return services;
    }

    Charge charge() {
        return context.record().charge();
    }

    /** What of the answer cannot be told in the client's protocol, as far as it is known. */
    void lost(List<String> warnings) {
        context.record().lost(warnings);
    }

    /** So many events of a relayed stream were no JSON; the client got them all the same, and may not read on. */
    void broken(long events) {
        if (events > 0) {
            services.metrics().malformedEvents(instance.settings().name(), events);
            LOG.log(
                    System.Logger.Level.WARNING,
                    "instance '" + instance.settings().name() + "' sent " + events
                            + " events that are not JSON in the response to request "
                            + context.record().id() + "; they were relayed as they came");
        }
    }

    /** The longest silence between two pieces of content, in nanoseconds. */
    long idleNanos() {
        return way.timeouts(instance).idle().toNanos();
    }

    /** The instance did its work: a trial is over, whatever becomes of the rest of the answer. */
    void won() {
        lease.succeeded();
        lease.answeredAfter(services.now() - begunAt);
        if (translation != null) {
            translation.release();
            translation = null;
        }
    }

    /** True when the failure comes from what this client has added to the request, and so says nothing to others. */
    boolean clientsOwn(ErrorKind kind) {
        return clientsAccount
                && switch (kind) {
                    case UPSTREAM_AUTHENTICATION, UPSTREAM_BILLING, UPSTREAM_RATE_LIMIT -> true;
                    default -> false;
                };
    }

    private Call call(Translation now) {
        var type = way.provider().type();
        String version = way.provider().settings().apiVersion();
        boolean streamed = now.streamed();
        String beta = ModelName.asksForLongContext(context.facts().model()) ? type.longContextBeta() : "";
        Headers headers = instance.standing().begin(instance, type, version, streamed);
        if (way.relays(context.client().protocol())) {
            for (String name : type.forwardedRequestHeaders()) {
                String value = printable(context.request().header(name));
                headers.add(name, BETA.equals(name) ? withBeta(value, beta) : value);
                clientsAccount |= value != null && ACCOUNT_FIELDS.contains(name);
            }
        } else {
            headers.add(BETA, withBeta(null, beta));
        }
        TraceContext trace = context.record().passedOn();
        if (trace != null) {
            headers.add("traceparent", trace.traceparent());
            headers.add("tracestate", trace.state().isEmpty() ? null : trace.state());
        }
        UpstreamTimeouts timeouts = way.timeouts(instance);
        long total = requestBegunAt + timeouts.total().toNanos();
        return new Call(
                "POST",
                type.path(operation(streamed), way.target().model(), version),
                headers,
                now.body(),
                streamed ? ErrorKind.TIMEOUT_FIRST_TOKEN : ErrorKind.TIMEOUT_TOTAL,
                streamed ? begunAt + timeouts.firstToken().toNanos() : total,
                total);
    }

    /** The client's features, with the one that the model's name asks for; null for none. */
    private static @Nullable String withBeta(@Nullable String clients, String beta) {
        if (beta.isEmpty() || (clients != null && clients.contains(beta))) {
            return clients;
        }
        return clients == null || clients.isBlank() ? beta : clients + "," + beta;
    }

    private Operation operation(boolean streamed) {
        if (context.counting()) {
            return Operation.COUNT_TOKENS;
        }
        return streamed ? Operation.STREAM : Operation.GENERATE;
    }

    /** A client's header that cannot be passed on is left out, it is never repaired. */
    private static @Nullable String printable(@Nullable String value) {
        if (value == null) {
            return null;
        }
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < ' ' || value.charAt(i) > '~') {
                return null;
            }
        }
        return value;
    }

    private byte[] errorBody(Exchange exchange) {
        RelayLimits limits = services.limits();
        OutBuffer body = new OutBuffer(FIRST_ERROR_BYTES);
        byte[] part = new byte[ERROR_PIECE_BYTES];
        exchange.arm(
                ErrorKind.TIMEOUT_IDLE, services.now() + limits.errorBodyTime().toNanos());
        try {
            int count = exchange.read(part, 0, part.length);
            while (count >= 0 && body.length() < limits.maxErrorBytes()) {
                body.write(part, 0, count);
                count = exchange.read(part, 0, part.length);
            }
        } catch (GatewayException e) {
            // the status alone says enough when the body is cut, or does not end in time
            return body.toByteArray();
        }
        return body.toByteArray();
    }
}
