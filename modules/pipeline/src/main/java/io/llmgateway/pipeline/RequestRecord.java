package io.llmgateway.pipeline;

import io.llmgateway.auth.Principal;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.ModelName;
import io.llmgateway.model.RequestId;
import io.llmgateway.model.TraceContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The facts of one request, written as they become known; with its times, its accounts and its attempts, each an object
 * of its own. What a client says is clipped here, since it may wait in queues for logs and traces. Confined to one
 * request.
 */
final class RequestRecord {
    /** The longest text of a client's that is kept of a request, in characters. */
    static final int MAX_TEXT = 256;

    private final RequestId id;
    private final Endpoint endpoint;
    private final Stopwatch stopwatch;
    private final Charge charge;
    private final AttemptLog attempts;
    private List<String> warnings = List.of();
    private List<String> answerWarnings = List.of();
    private @Nullable KeyName key;
    private String group = "";
    private @Nullable String requestedModel;
    private boolean stream;
    private @Nullable String session;
    private @Nullable String clientRequestId;
    private @Nullable TraceContext parent;
    private @Nullable TraceContext span;
    private byte @Nullable [] bodyStart;
    private long bodyLength;
    private boolean estimatedAnswer;
    private @Nullable GatewayError failure;

    RequestRecord(RequestId id, Endpoint endpoint, long begunAt) {
        this(id, endpoint, begunAt, new Charge());
    }

    private RequestRecord(RequestId id, Endpoint endpoint, long begunAt, Charge charge) {
        this.charge = charge;
        this.id = id;
        this.endpoint = endpoint;
        this.stopwatch = new Stopwatch(begunAt);
        this.attempts = new AttemptLog(begunAt);
    }

    /** The facts of one of several answers that are asked for at the same time. */
    RequestRecord choice() {
        RequestRecord one = new RequestRecord(id, endpoint, stopwatch.begunAt(), charge.choice());
        one.parent = parent;
        one.span = span;
        one.stream = stream;
        return one;
    }

    RequestId id() {
        return id;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    Stopwatch stopwatch() {
        return stopwatch;
    }

    Charge charge() {
        return charge;
    }

    AttemptLog attempts() {
        return attempts;
    }

    /** Takes note of what the client says of its request and of the trace it belongs to. */
    void received(InboundRequest request, RequestObserver observer) {
        session = clip(request.header("x-session-id"));
        clientRequestId = clip(request.header("x-client-request-id"));
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

    /** What the body asks for. */
    void requested(String model, boolean streamed) {
        requestedModel = clip(model);
        stream = streamed;
    }

    private static @Nullable String clip(@Nullable String text) {
        return text == null || text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
    }

    /** Keeps the beginning of the body for the log. */
    void keepBody(InboundRequest.Body body, int limit) {
        bodyStart = Arrays.copyOf(body.bytes(), Math.min(body.length(), limit));
        bodyLength = body.length();
    }

    /** The context of the trace that goes to the instance; null when the request belongs to none. */
    @Nullable
    TraceContext passedOn() {
        return attempts.passedOn(parent, span);
    }

    /** The number that a span of an attempt gets: 0 when spans are not exported. */
    long spanNumber(long drawn) {
        return span == null ? 0 : drawn == 0 ? 1 : drawn;
    }

    /** The answer itself is an estimate of the gateway's, and says so. */
    void answerIsEstimated() {
        estimatedAnswer = true;
    }

    boolean estimatedAnswer() {
        return estimatedAnswer;
    }

    void failed(GatewayError error) {
        failure = error;
    }

    /** What was weakened on the way to the model that is asked now. */
    void warn(List<String> texts) {
        warnings = texts;
    }

    /** What could not be told of the answer that is relayed now. */
    void lost(List<String> texts) {
        answerWarnings = texts;
    }

    /** What could not be told of the answer. */
    List<String> lost() {
        return answerWarnings;
    }

    /** What was weakened on the way to the model and on the way back. */
    List<String> warnings() {
        if (answerWarnings.isEmpty()) {
            return warnings;
        }
        List<String> all = new ArrayList<>(warnings);
        all.addAll(answerWarnings);
        return all;
    }

    /** Null when the request was not authenticated. */
    @Nullable
    KeyName key() {
        return key;
    }

    String group() {
        return group;
    }

    /** As it came, clipped; null when it was not read. */
    @Nullable
    String requestedModel() {
        return requestedModel;
    }

    /** The model that served, else the one asked for; empty when none was asked for yet, or none that may be. */
    String model() {
        String served = attempts.model();
        if (served != null) {
            return served;
        }
        return requestedModel == null
                        || failure == null
                        || ModelName.parse(requestedModel).isEmpty()
                ? ""
                : requestedModel;
    }

    boolean stream() {
        return stream;
    }

    @Nullable
    String session() {
        return session;
    }

    @Nullable
    String clientRequestId() {
        return clientRequestId;
    }

    @Nullable
    TraceContext parent() {
        return parent;
    }

    @Nullable
    TraceContext span() {
        return span;
    }

    /** The beginning of the body; null when it is not kept. */
    byte @Nullable [] bodyStart() {
        return bodyStart;
    }

    long bodyLength() {
        return bodyLength;
    }

    @Nullable
    GatewayError failure() {
        return failure;
    }
}
