package io.llmgateway.pipeline;

import io.llmgateway.converters.Translator;
import io.llmgateway.model.Protocol;
import io.llmgateway.pipeline.Snapshot.InstanceRuntime;
import io.llmgateway.pipeline.Snapshot.ProviderRuntime;
import io.llmgateway.routing.Target;
import io.llmgateway.settings.RetrySettings;
import io.llmgateway.settings.RouteOptions;
import io.llmgateway.settings.UpstreamTimeouts;
import java.time.Duration;

/**
 * The way an attempt goes. Immutable.
 *
 * @param target the provider and model it goes to
 * @param provider the provider at run time
 * @param translator between the client's protocol and the provider's
 * @param options what the route wants
 */
record Way(Target target, ProviderRuntime provider, Translator translator, RouteOptions options) {
    /** True when requests of this client protocol go to the provider byte for byte. */
    boolean relays(Protocol client) {
        return provider.type().protocol() == client;
    }

    /** How long an instance may take on this way. */
    UpstreamTimeouts timeouts(InstanceRuntime instance) {
        return options.over(instance.settings().timeouts());
    }

    /** How long the whole request may take, by the route or else by the first of the instances. */
    Duration total() {
        return options.total()
                .orElseGet(() ->
                        provider.settings().instances().getFirst().timeouts().total());
    }

    /** How often the target's instances may be tried. */
    int maxAttempts() {
        return retries().maxAttempts();
    }

    /** How often instances of all targets together may be tried. */
    int mostAttempts() {
        return options.maxAttempts().orElse(RetrySettings.MOST_ATTEMPTS);
    }

    /** How often a failed request may be tried again here. */
    RetrySettings retries() {
        return provider.settings().retries();
    }
}
