package io.llmgateway.settings;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where spans are sent. Immutable, thread-safe.
 *
 * @param endpoint the collector's address for traces by OTLP over HTTP; empty = no spans are made
 * @param headers sent with every export
 * @param samplePercent how many of the traces that begin here are kept, 0 to 100
 * @param parentBased whether the client's decision counts, when it sends one
 * @param serviceName what the collector calls this gateway
 * @param timeout how long one export may take
 */
public record TracingSettings(
        Optional<BaseUrl> endpoint,
        List<InstanceSettings.StaticHeader> headers,
        double samplePercent,
        boolean parentBased,
        String serviceName,
        Duration timeout) {
    /** The path of the endpoint when its address has none. */
    public static final String DEFAULT_PATH = "/v1/traces";

    /** Nothing is exported. */
    public static final TracingSettings DEFAULT =
            new TracingSettings(Optional.empty(), List.of(), 100, true, "llm-gateway", Duration.ofSeconds(5));

    public TracingSettings {
        headers = List.copyOf(headers);
    }
}
