package io.llmgateway.pipeline;

import io.llmgateway.upstream.Headers;
import io.llmgateway.upstream.Provider;
import org.jspecify.annotations.Nullable;

/**
 * The fields that go with every request to one instance, encoded when they are first needed: there are two sets, for
 * streams and for whole answers. Two threads may both encode them once, which changes nothing. Thread-safe.
 */
final class BaseHeaders {
    private static final String AGENT = "llm-gateway";

    private volatile @Nullable Headers whole;
    private volatile @Nullable Headers streamed;

    /** A copy to add the request's own fields to. */
    Headers begin(Snapshot.InstanceRuntime instance, Provider type, String version, boolean stream) {
        Headers known = stream ? streamed : whole;
        if (known == null) {
            known = encode(instance, type, version, stream);
            if (stream) {
                streamed = known;
            } else {
                whole = known;
            }
        }
        return new Headers(known);
    }

    private static Headers encode(Snapshot.InstanceRuntime instance, Provider type, String version, boolean stream) {
        Headers headers = new Headers()
                .add("Content-Type", "application/json")
                .add("Accept", stream ? "text/event-stream" : "application/json")
                .add("Accept-Encoding", "identity")
                .add("User-Agent", AGENT);
        type.authenticate(headers, instance.settings().apiKey(), version);
        instance.settings()
                .headers()
                .forEach(header -> headers.add(header.name(), header.value().reveal()));
        return headers;
    }
}
