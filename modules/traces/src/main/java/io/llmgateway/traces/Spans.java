package io.llmgateway.traces;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.ModelName;
import io.llmgateway.model.RequestEvent;
import io.llmgateway.model.RequestEvent.Attempted;
import io.llmgateway.model.RequestEvent.Tokens;
import io.llmgateway.model.TraceContext;
import io.llmgateway.model.Usage;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.resources.Resource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes spans out of what is known of a request: one for the request as the gateway served it, one for each attempt at
 * an instance. Never what was said. Immutable, thread-safe.
 */
final class Spans {
    private static final double NANOS_PER_SECOND = 1_000_000_000;
    private static final long NANOS = 1_000_000_000;

    private final SpanAttributes names;
    private final Resource resource;

    Spans(SpanAttributes names, Resource resource) {
        this.names = names;
        this.resource = resource;
    }

    /** The spans of a request; empty when it belongs to no trace that is kept. */
    List<Span> of(RequestEvent event) {
        TraceContext trace = event.trace();
        if (trace == null) {
            return List.of();
        }
        Instant at = event.at();
        long end = at.getEpochSecond() * NANOS + at.getNano();
        long begin = end - event.times().duration();
        List<Span> spans = new ArrayList<>(1 + event.attempts().size());
        spans.add(new Span(
                operation(event) + suffix(asked(event)),
                SpanKind.SERVER,
                context(trace, trace.span()),
                event.parent() == 0 ? SpanContext.getInvalid() : remote(trace, event.parent()),
                isFault(event.ending().kind()),
                begin,
                end,
                request(event),
                resource));
        for (int i = 0; i < event.attempts().size(); i++) {
            Attempted attempt = event.attempts().get(i);
            long from = begin + attempt.begun();
            spans.add(new Span(
                    operation(event) + suffix(attempt.served().model()),
                    SpanKind.CLIENT,
                    context(trace, attempt.span()),
                    context(trace, trace.span()),
                    attempt.failure() != null,
                    from,
                    from + attempt.duration(),
                    attempt(event, i),
                    resource));
        }
        return spans;
    }

    private static Attributes request(RequestEvent event) {
        AttributesBuilder attributes = Attributes.builder()
                .put(SpanAttributes.OPERATION, operation(event))
                .put(SpanAttributes.ENDPOINT, event.asked().endpoint())
                .put(SpanAttributes.REQUEST_ID, event.id().value())
                .put(SpanAttributes.STREAM, event.asked().stream())
                .put(SpanAttributes.ATTEMPTS, (long) event.attempts().size())
                .put(SpanAttributes.OVERHEAD, event.times().overhead() / NANOS_PER_SECOND);
        String model = asked(event);
        if (model != null) {
            attributes.put(SpanAttributes.REQUEST_MODEL, model);
        }
        if (event.served() != null) {
            attributes.put(
                    SpanAttributes.OWN_PROVIDER, event.served().provider().value());
            attributes.put(SpanAttributes.INSTANCE, event.served().instance().value());
            attributes.put(SpanAttributes.RESPONSE_MODEL, event.served().model());
        }
        if (event.caller().key() != null) {
            attributes.put(SpanAttributes.KEY, event.caller().key().value());
        }
        if (!event.caller().group().isEmpty()) {
            attributes.put(SpanAttributes.GROUP, event.caller().group());
        }
        if (event.ending().status() > 0) {
            attributes.put(SpanAttributes.STATUS, (long) event.ending().status());
        }
        if (event.tokens().cost() >= 0) {
            attributes.put(SpanAttributes.COST, event.tokens().cost() / NANOS_PER_SECOND);
        }
        failure(attributes, event.ending().kind());
        return attributes.build();
    }

    /** Tokens are told once, with the attempt that used them, or tools would count them twice. */
    private Attributes attempt(RequestEvent event, int index) {
        Attempted attempt = event.attempts().get(index);
        AttributesBuilder attributes = Attributes.builder()
                .put(SpanAttributes.OPERATION, operation(event))
                .put(SpanAttributes.PROVIDER, SpanAttributes.provider(attempt.protocol()))
                .put(SpanAttributes.REQUEST_MODEL, attempt.served().model())
                .put(SpanAttributes.STREAM, event.asked().stream())
                .put(SpanAttributes.ADDRESS, attempt.host())
                .put(SpanAttributes.PORT, (long) attempt.port())
                .put(SpanAttributes.OWN_PROVIDER, attempt.served().provider().value())
                .put(SpanAttributes.INSTANCE, attempt.served().instance().value())
                .put(SpanAttributes.ATTEMPT, index + 1L);
        failure(attributes, attempt.failure());
        boolean last = index == event.attempts().size() - 1;
        if (last) {
            usage(attributes, event.tokens());
            long firstToken = event.times().firstToken() - attempt.begun();
            if (event.times().firstToken() >= 0 && firstToken >= 0) {
                attributes.put(SpanAttributes.FIRST_CHUNK, firstToken / NANOS_PER_SECOND);
            }
        }
        return attributes.build();
    }

    private void usage(AttributesBuilder attributes, Tokens tokens) {
        Usage usage = tokens.usage();
        if (usage == null) {
            return;
        }
        attributes
                .put(SpanAttributes.INPUT, usage.input())
                .put(SpanAttributes.OUTPUT, usage.output())
                .put(SpanAttributes.CACHE_READ, usage.inputCacheRead())
                .put(names.cacheWrite(), usage.inputCacheWrite())
                .put(SpanAttributes.REASONING, usage.reasoning());
        if (tokens.estimated()) {
            attributes.put(SpanAttributes.ESTIMATED, true);
        }
    }

    private static void failure(AttributesBuilder attributes, @Nullable ErrorKind kind) {
        if (kind != null) {
            attributes.put(SpanAttributes.ERROR, kind.wire());
        }
    }

    /** By the conventions of HTTP a server's span fails by the server's own faults only. */
    private static boolean isFault(@Nullable ErrorKind kind) {
        return kind != null
                && switch (kind) {
                    case INTERNAL, OVERLOADED, DRAINING, NO_INSTANCE -> true;
                    case UPSTREAM_AUTHENTICATION,
                            UPSTREAM_BILLING,
                            UPSTREAM_RATE_LIMIT,
                            UPSTREAM_OVERLOADED,
                            UPSTREAM_SERVER,
                            UPSTREAM_CONNECT,
                            UPSTREAM_TLS,
                            UPSTREAM_RESET,
                            UPSTREAM_MALFORMED,
                            UPSTREAM_EMPTY,
                            UPSTREAM_MODEL,
                            UPSTREAM_INTERRUPTED,
                            TIMEOUT_CONNECT,
                            TIMEOUT_FIRST_TOKEN,
                            TIMEOUT_IDLE,
                            TIMEOUT_TOTAL -> true;
                    case BAD_REQUEST,
                            CONTEXT_LENGTH,
                            CONTENT_POLICY,
                            AUTHENTICATION,
                            PERMISSION,
                            NOT_FOUND,
                            MODEL_NOT_FOUND,
                            METHOD_NOT_ALLOWED,
                            REQUEST_TIMEOUT,
                            CONFLICT,
                            TOO_LARGE,
                            HEADERS_TOO_LARGE,
                            UNSUPPORTED_MEDIA,
                            EXPECTATION_FAILED,
                            RATE_LIMIT,
                            CLIENT_GONE -> false;
                };
    }

    private static String operation(RequestEvent event) {
        return switch (event.asked().endpoint()) {
            case "chat_completions", "messages" -> "chat";
            default -> event.asked().endpoint();
        };
    }

    /** The model's name, when it is one: what a client sends there may be anything. */
    private static @Nullable String asked(RequestEvent event) {
        String model = event.asked().model();
        return model == null || ModelName.parse(model).isEmpty() ? null : model;
    }

    private static String suffix(@Nullable String model) {
        return model == null ? "" : " " + model;
    }

    private static SpanContext context(TraceContext trace, long span) {
        return SpanContext.create(
                trace.traceId(), TraceContext.spanId(span), TraceFlags.getSampled(), TraceState.getDefault());
    }

    private static SpanContext remote(TraceContext trace, long span) {
        return SpanContext.createFromRemoteParent(
                trace.traceId(), TraceContext.spanId(span), TraceFlags.getSampled(), TraceState.getDefault());
    }
}
