package io.llmgateway.pipeline;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.RequestEvent;
import io.llmgateway.model.RequestEvent.Attempted;
import io.llmgateway.model.TraceContext;
import io.llmgateway.pipeline.Snapshot.InstanceRuntime;
import io.llmgateway.settings.BaseUrl;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which instances a request was sent to, and how each attempt ended. Confined to one request. */
final class AttemptLog {
    private final long begunAt;
    private final List<Attempted> ended = new ArrayList<>(1);
    private RequestEvent.@Nullable Served served;
    private Protocol protocol = Protocol.OPENAI_CHAT;
    private @Nullable BaseUrl upstream;
    private long span;
    private long since;
    private int count;
    private int needed = 1;

    /**
     * Starts empty.
     *
     * @param begunAt when the request began, in monotonic nanoseconds
     */
    AttemptLog(long begunAt) {
        this.begunAt = begunAt;
    }

    /** An attempt begins; the number becomes its span's id when spans are made. */
    void begin(Way way, InstanceRuntime to, long spanId, long now) {
        count++;
        needed = 1;
        since = now;
        served = new RequestEvent.Served(
                way.target().provider(),
                to.settings().name(),
                way.target().model().value());
        protocol = way.provider().type().protocol();
        upstream = to.settings().baseUrl();
        span = spanId;
    }

    /** The attempt is over; failure is null when it was good. */
    void end(@Nullable ErrorKind failure, long now) {
        if (served != null && upstream != null) {
            ended.add(new Attempted(
                    served, protocol, upstream.host(), upstream.port(), failure, since - begunAt, now - since, span));
        }
    }

    /** Several answers were begun at the same time; those that were begun before are forgotten as often as needed. */
    void begun(List<AttemptLog> choices) {
        shows(choices.getFirst());
        for (AttemptLog one : choices) {
            count += one.count;
        }
        needed = choices.size();
    }

    /** Several answers are over; the last of them tells how it ended for all. */
    void over(List<AttemptLog> choices) {
        shows(choices.getLast());
        for (AttemptLog one : choices) {
            ended.addAll(one.ended);
        }
    }

    private void shows(AttemptLog one) {
        served = one.served == null ? served : one.served;
        upstream = one.upstream == null ? upstream : one.upstream;
        protocol = one.protocol;
        span = one.span;
    }

    /** True when more attempts were made than the answer needs. */
    boolean retried() {
        return count > needed;
    }

    /** The attempts that are over, in order; of answers that ran at the same time one after the other. */
    List<Attempted> all() {
        return ended;
    }

    /** How many have begun. */
    int count() {
        return count;
    }

    /** Who serves, or was tried last; null before the first attempt. */
    RequestEvent.@Nullable Served served() {
        return served;
    }

    @Nullable
    ProviderName provider() {
        return served == null ? null : served.provider();
    }

    @Nullable
    InstanceName instance() {
        return served == null ? null : served.instance();
    }

    /** The model's name at the provider; null before the first attempt. */
    @Nullable
    String model() {
        return served == null ? null : served.model();
    }

    /** The context of the trace that goes to the instance: the attempt's own span when the request has one. */
    @Nullable
    TraceContext passedOn(@Nullable TraceContext parent, @Nullable TraceContext request) {
        return request == null ? parent : request.withSpan(span);
    }
}
