package io.llmgateway.pipeline;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.KeyName;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.RequestId;
import io.llmgateway.model.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of one request, written as it happens and read once at its end. Confined to one request. */
final class RequestRecord {
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

    void authenticated(KeyName name) {
        key = name;
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
