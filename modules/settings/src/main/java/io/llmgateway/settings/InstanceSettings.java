package io.llmgateway.settings;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.Secret;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * One place that serves a provider's models: an address and a credential. Immutable, thread-safe.
 *
 * @param name unique over all providers
 * @param baseUrl where it is
 * @param apiKey its credential; the empty secret when it needs none
 * @param priority 1 to 100, the lowest value is used first
 * @param weight share among instances of one priority, 0 to 1000; 0 = only when nothing else is left
 * @param enabled a disabled instance is never used
 * @param maxConcurrent most requests at once, 1 to 100,000, or {@link #UNLIMITED}
 * @param timeouts its own, with the provider's and the general ones filled in
 * @param headers sent with every request
 * @param statusOverrides HTTP statusOverrides that mean something else here than they do in general
 * @param errors what errors mean here by status and message, the first that matches; over {@code statusOverrides}
 */
public record InstanceSettings(
        InstanceName name,
        BaseUrl baseUrl,
        Secret apiKey,
        int priority,
        int weight,
        boolean enabled,
        int maxConcurrent,
        UpstreamTimeouts timeouts,
        List<StaticHeader> headers,
        Map<Integer, ErrorKind> statusOverrides,
        List<ErrorRule> errors) {
    /** 1 to 100, lowest first. */
    public static final int DEFAULT_PRIORITY = 1;
    /** 0 to 1000. */
    public static final int DEFAULT_WEIGHT = 100;
    /** Highest weight. */
    public static final int MAX_WEIGHT = 1_000;
    /** Instances are on unless switched off. */
    public static final boolean DEFAULT_ENABLED = true;
    /** The value of {@link #maxConcurrent()} when there is no bound. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    public InstanceSettings {
        headers = List.copyOf(headers);
        statusOverrides = Map.copyOf(statusOverrides);
        errors = List.copyOf(errors);
    }

    /** An instance whose statusOverrides mean what they usually do. */
    public InstanceSettings(
            InstanceName name,
            BaseUrl baseUrl,
            Secret apiKey,
            int priority,
            int weight,
            boolean enabled,
            int maxConcurrent,
            UpstreamTimeouts timeouts,
            List<StaticHeader> headers) {
        this(name, baseUrl, apiKey, priority, weight, enabled, maxConcurrent, timeouts, headers, Map.of(), List.of());
    }

    /** True when requests to it carry a credential. */
    public boolean hasApiKey() {
        return !apiKey.isEmpty();
    }

    /** A header field that goes with every request to an instance. Immutable. */
    public record StaticHeader(String name, Secret value) {
        // these frame the message or belong to the hop, so a fixed value would break it
        private static final Set<String> OF_THE_CONNECTION = Set.of(
                "host",
                "content-length",
                "transfer-encoding",
                "connection",
                "keep-alive",
                "upgrade",
                "te",
                "trailer",
                "expect",
                "proxy-connection");

        /** True for letters, digits and {@code - _ .}, at least one. */
        public static boolean isName(String text) {
            return !text.isEmpty()
                    && text.chars().allMatch(c -> (c < 128 && Character.isLetterOrDigit(c)) || "-_.".indexOf(c) >= 0);
        }

        /** True for a header that the connection sets itself, in any case of letters. */
        public static boolean belongsToConnection(String name) {
            return OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT));
        }
    }
}
