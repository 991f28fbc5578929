package io.llmgateway.imports;

import io.llmgateway.settings.ProviderType;
import io.llmgateway.settings.tree.YamlOut;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * One entry of LiteLLM's {@code model_list}. Immutable.
 *
 * @param name what clients ask for
 * @param provider LiteLLM's name of the provider
 * @param model as the provider calls it
 * @param endpoint where it is and how it is spoken to
 * @param share what LiteLLM distributes requests by
 * @param order lower is tried first
 */
record LiteLlmDeployment(String name, String provider, String model, Endpoint endpoint, Share share, int order) {
    /**
     * Where a deployment is.
     *
     * @param baseUrl the URL, or a reference to the variable that LiteLLM takes it from when nobody knows its value
     * @param key the variable with its credential; empty for none
     * @param headers by name
     * @param tls how far certificates are trusted
     * @param maxConcurrent requests at once; 0 for no limit
     * @param times how long to wait
     */
    record Endpoint(
            ProviderType type,
            String baseUrl,
            String key,
            Map<String, Header> headers,
            Tls tls,
            int maxConcurrent,
            Times times) {
        /** True when the base URL is a question to whoever reads the result. */
        boolean open() {
            return LiteLlmNotes.isReference(baseUrl);
        }
    }

    /** The value of a header, or the variable that holds it. */
    record Header(String value, boolean variable) {
        String yaml() {
            return variable ? "{env: " + YamlOut.scalar(value) + "}" : YamlOut.value(value);
        }
    }

    /**
     * How far certificates are trusted.
     *
     * @param insecure every one is taken
     * @param trust a file of authorities; empty for the built-in ones
     */
    record Tls(boolean insecure, String trust) {
        static final Tls DEFAULT = new Tls(false, "");
    }

    /** Waiting for the first token, between two tokens and in all; each empty for the general one. */
    record Times(Optional<Duration> firstToken, Optional<Duration> idle, Optional<Duration> total) {
        /**
         * LiteLLM knows one time for a call, which is as long as it waits for anything, and another one for the first
         * piece of a stream.
         */
        static Times of(Optional<Double> timeout, Optional<Double> streamTimeout) {
            Optional<Duration> all = timeout.flatMap(Times::seconds);
            return new Times(streamTimeout.flatMap(Times::seconds).or(() -> all), all, all);
        }

        /** Seconds as a duration that can be configured. */
        static Optional<Duration> seconds(double seconds) {
            return seconds <= 0
                    ? Optional.empty()
                    : Optional.of(Duration.ofMillis(Math.clamp((long) (seconds * 1_000), 1L, 86_400_000L)));
        }

        boolean isEmpty() {
            return firstToken.isEmpty() && idle.isEmpty() && total.isEmpty();
        }
    }

    /** Weight, requests and tokens per minute; each 0 when it is not given. */
    record Share(double weight, double rpm, double tpm) {}

    /** True for a name with a star. */
    boolean wildcard() {
        return name.indexOf('*') >= 0;
    }
}
