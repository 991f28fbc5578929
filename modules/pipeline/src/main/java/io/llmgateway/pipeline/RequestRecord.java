package io.llmgateway.pipeline;

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
    private boolean stream;
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
        provider = toProvider;
        instance = toInstance;
        servedModel = model;
        upstreamSince = now;
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

    long durationNanos(long now) {
        return now - begunAt;
    }

    /** The gateway's own share of the time until now. */
    long overheadNanos(long now) {
        long waiting = upstreamSince == 0 ? 0 : now - upstreamSince;
        return Math.max(0, now - begunAt - upstreamNanos - waiting);
    }
}
