package io.llmgateway.pipeline;

import io.llmgateway.converters.Translation;
import io.llmgateway.converters.Translator;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.TraceContext;
import io.llmgateway.pipeline.Snapshot.InstanceRuntime;
import io.llmgateway.pipeline.Snapshot.ProviderRuntime;
import io.llmgateway.routing.Target;
import io.llmgateway.settings.RouteOptions;
import io.llmgateway.settings.UpstreamTimeouts;
import io.llmgateway.upstream.Call;
import io.llmgateway.upstream.Cancellation;
import io.llmgateway.upstream.Exchange;
import io.llmgateway.upstream.Headers;
import io.llmgateway.upstream.Provider.Operation;
import io.llmgateway.wire.OutBuffer;

/** One exchange with one instance, from the request's bytes to the end of its answer. Thread-safe. */
final class Attempt {
    private final Services services;
    private final RelayLimits limits = RelayLimits.DEFAULT;

    Attempt(Services services) {
        this.services = services;
    }

    /**
     * The way an attempt goes. Immutable.
     *
     * @param target the provider and model it goes to
     * @param provider the provider at run time
     * @param translator between the client's protocol and the provider's
     * @param options what the route wants
     */
    record Way(Target target, ProviderRuntime provider, Translator translator, RouteOptions options) {
        /** How long an instance may take on this way. */
        UpstreamTimeouts timeouts(InstanceRuntime instance) {
            return options.over(instance.settings().timeouts());
        }
    }

    /** Runs the exchange; returns when the client has its whole answer. */
    void run(
            Work work,
            Way way,
            InstanceRuntime instance,
            Translation translation,
            Cancellation cancellation,
            long begunAt) {
        Call call = call(work, way, instance, translation, begunAt);
        try (Exchange exchange = services.transport().send(instance.pool(), call, cancellation)) {
            Answering answering = new Answering(services, limits, work, way, instance, exchange);
            if (exchange.status() / 100 != 2) {
                throw new GatewayException(answering.classify(exchange.status(), errorBody(exchange)));
            }
            if (translation.streamed()) {
                new StreamRelay(answering).run(translation.stream());
            } else {
                new WholeRelay(answering).run(translation.answer());
            }
        }
    }

    private Call call(Work work, Way way, InstanceRuntime runtime, Translation translation, long begunAt) {
        var type = way.provider().type();
        String version = way.provider().settings().apiVersion();
        Operation operation = operation(work, translation);
        Headers headers = runtime.standing().begin(runtime, type, version, translation.streamed());
        boolean sameProtocol = work.client().protocol() == type.protocol();
        for (String name : type.forwardedRequestHeaders()) {
            if (sameProtocol) {
                headers.add(name, printable(work.request().header(name)));
            }
        }
        TraceContext trace = work.record().passedOn();
        if (trace != null) {
            headers.add("traceparent", trace.traceparent());
            headers.add("tracestate", trace.state().isEmpty() ? null : trace.state());
        }
        UpstreamTimeouts timeouts = way.timeouts(runtime);
        long now = services.now();
        long total = begunAt + timeouts.total().toNanos();
        boolean streamed = translation.streamed();
        return new Call(
                "POST",
                type.path(operation, way.target().model(), version),
                headers,
                translation.body(),
                streamed ? ErrorKind.TIMEOUT_FIRST_TOKEN : ErrorKind.TIMEOUT_TOTAL,
                streamed ? now + timeouts.firstToken().toNanos() : total,
                total);
    }

    private static Operation operation(Work work, Translation translation) {
        if (work.counting()) {
            return Operation.COUNT_TOKENS;
        }
        return translation.streamed() ? Operation.STREAM : Operation.GENERATE;
    }

    /** A client's header that cannot be passed on is left out, it is never repaired. */
    private static @org.jspecify.annotations.Nullable String printable(
            @org.jspecify.annotations.Nullable String value) {
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
        OutBuffer body = new OutBuffer(1024);
        byte[] part = new byte[4 * 1024];
        try {
            int count = exchange.read(part, 0, part.length);
            while (count >= 0 && body.length() < limits.maxErrorBytes()) {
                body.write(part, 0, count);
                count = exchange.read(part, 0, part.length);
            }
        } catch (GatewayException e) {
            // the status alone says enough when the body is cut
            return body.toByteArray();
        }
        return body.toByteArray();
    }
}
